import { auth0 } from './lib/auth0.js';

// The SDK's routes, /auth/login and so on, and the session's cookie, which it keeps alive.
export function proxy(request) {
  return auth0.middleware(request);
}

export const config = { matcher: ['/((?!_next/static|_next/image|favicon.ico).*)'] };
