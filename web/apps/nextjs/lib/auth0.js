import { Auth0Client } from '@auth0/nextjs-auth0/server';

// Domain, client, secrets and the app's address come from the environment, under the SDK's own names.
export const auth0 = new Auth0Client({
  authorizationParameters: { audience: process.env.AUTH0_AUDIENCE, scope: 'openid profile email offline_access' },
  allowInsecureRequests: process.env.AUTH0_DOMAIN.includes('localhost'), // the SDK refuses a tenant on this machine otherwise
});
