// auth0-spa-js 1 and 2: version 1 is configured flat, version 2 takes what goes to /authorize apart.
'use strict';
(async () => {
  const authorization = { redirect_uri: config.origin + '/callback', audience: config.audience };
  const first = config.version.startsWith('1.');
  const client = await (first ? createAuth0Client : auth0.createAuth0Client)({
    domain: config.domain,
    ...(first ? { client_id: config.clientID, ...authorization } : { clientId: config.clientID, authorizationParams: authorization }),
    ...config.options,
  });
  const session = async (options) => ({
    tokens: await client.getTokenSilently({ detailedResponse: true, ...options }),
    claims: await client.getIdTokenClaims(),
    user: await client.getUser(),
  });
  const home = { returnTo: config.origin };
  ready({
    async arrive() {
      if (answered()) {
        try {
          await client.handleRedirectCallback();
        } finally {
          forgetAnswer();
        }
      }
      return await client.isAuthenticated() ? session() : null;
    },
    logIn: () => client.loginWithRedirect(),
    async logInByPopup() {
      await client.loginWithPopup();
      return session();
    },
    session,
    renew: (asked) => session(first ? { ignoreCache: true, ...asked } : { cacheMode: 'off', authorizationParams: asked }),
    // Version 2 has a fetch that adds the token; with version 1 apps add it themselves.
    userInfo: async () => (first
      ? await fetch(config.tenant + '/userinfo', { headers: { Authorization: 'Bearer ' + await client.getTokenSilently() } })
      : await client.createFetcher({ baseUrl: config.tenant }).fetchWithAuth('/userinfo', {}, { audience: config.audience })).json(),
    revoke: () => client.revokeRefreshToken(),
    authenticated: () => client.isAuthenticated(),
    logOut: () => client.logout(first ? home : { logoutParams: home }),
  });
})();
