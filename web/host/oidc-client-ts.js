// oidc-client-ts 3. /silent is the page of its hidden frame, on the app's own origin.
'use strict';
(() => {
  const manager = new oidc.UserManager({
    authority: config.tenant + '/',
    client_id: config.clientID,
    redirect_uri: config.origin + '/callback',
    silent_redirect_uri: config.origin + '/silent',
    post_logout_redirect_uri: config.origin,
    scope: 'openid profile email',
    extraQueryParams: { audience: config.audience },
    loadUserInfo: true,
    automaticSilentRenew: false,
    userStore: new oidc.WebStorageStateStore({ store: localStorage }),
    ...config.options,
  });
  if (location.pathname === '/silent') {
    manager.signinSilentCallback();
    return;
  }
  const session = (user) => user && {
    tokens: { access_token: user.access_token, id_token: user.id_token, refresh_token: user.refresh_token, expires_in: user.expires_in, scope: user.scope },
    claims: claimsOf(user.id_token),
    user: user.profile,
  };
  ready({
    async arrive() {
      if (!answered() && new URLSearchParams(location.search).has('state')) {
        await manager.signoutRedirectCallback();
        forgetAnswer();
      } else if (new URLSearchParams(location.search).has('state')) {
        try {
          return session(await manager.signinCallback());
        } finally {
          forgetAnswer();
        }
      }
      return session(await manager.getUser());
    },
    logIn: () => manager.signinRedirect(),
    logInByPopup: async () => session(await manager.signinPopup()),
    session: async () => session(await manager.getUser()),
    renew: async () => session(await manager.signinSilent()),
    // The profile of /userinfo, which it fetched when the person logged in.
    userInfo: async () => (await manager.getUser()).profile,
    revoke: () => manager.revokeTokens(),
    authenticated: async () => Boolean(await manager.getUser()),
    logOut: () => manager.signoutRedirect(),
  });
})();
