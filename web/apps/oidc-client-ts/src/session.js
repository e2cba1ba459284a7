import { UserManager, WebStorageStateStore } from 'oidc-client-ts';

const settings = import.meta.env;
const scheme = settings.VITE_AUTH0_DOMAIN.includes('://') ? '' : 'https://';

export const manager = new UserManager({
  authority: `${scheme}${settings.VITE_AUTH0_DOMAIN}/`,
  client_id: settings.VITE_AUTH0_CLIENT_ID,
  redirect_uri: window.location.origin,
  post_logout_redirect_uri: window.location.origin,
  scope: 'openid profile email offline_access',
  extraQueryParams: { audience: settings.VITE_AUTH0_AUDIENCE },
  automaticSilentRenew: false, // renew below does it, one at a time
  userStore: new WebStorageStateStore({ store: window.sessionStorage }), // each tab has its own
});

let renewal = null;
let left = false;

// renew gets new tokens with the refresh token, once for all who ask meanwhile: a second use of the same one would end the session.
export function renew() {
  renewal ??= manager.signinSilent().then(async (user) => {
    if (!left) return user;
    await manager.removeUser(); // logged out while the answer was under way
    return null;
  }).finally(() => { renewal = null; });
  return renewal;
}

// current is who is logged in, with a token that has not expired; null: nobody.
export async function current() {
  const user = await manager.getUser();
  return user?.expired ? renew() : user;
}

export function logIn() {
  // oidc-client-ts compares a nonce only where the app gives one.
  return manager.signinRedirect({ nonce: crypto.randomUUID() });
}

export function logOut() {
  left = true;
  return manager.signoutRedirect();
}
