// auth0-react 1 and 2, in an app of one component: version 1 is configured flat, version 2 takes what goes to /authorize apart.
'use strict';
(() => {
  const { createElement, useEffect, useRef } = React;
  const { Auth0Provider, useAuth0 } = reactAuth0;
  const authorization = { audience: config.audience };
  const callback = config.origin + '/callback';
  const home = { returnTo: config.origin };
  const first = config.version.startsWith('1.');
  let auth; // what useAuth0 gave last
  let rendered = () => {};
  const session = async (options) => ({
    tokens: await auth.getAccessTokenSilently({ detailedResponse: true, ...options }),
    claims: await auth.getIdTokenClaims(),
    user: auth.user,
  });
  const driver = {
    async arrive() {
      if (auth.error) throw auth.error;
      return auth.isAuthenticated ? session() : null;
    },
    logIn: () => auth.loginWithRedirect(),
    async logInByPopup() {
      const shown = new Promise((resolve) => { rendered = () => auth.isAuthenticated && resolve(); });
      await auth.loginWithPopup();
      await shown; // what auth0-react tells, it tells in a render
      return session();
    },
    session,
    renew: (asked) => session(first ? { ignoreCache: true, ...asked } : { cacheMode: 'off', authorizationParams: asked }),
    // Version 2 has a fetch that adds the token; with version 1 apps add it themselves.
    userInfo: async () => (first
      ? await fetch(config.tenant + '/userinfo', { headers: { Authorization: 'Bearer ' + await auth.getAccessTokenSilently() } })
      : await auth.createFetcher({ baseUrl: config.tenant }).fetchWithAuth('/userinfo', {}, { audience: config.audience })).json(),
    revoke: () => auth.revokeRefreshToken(),
    authenticated: () => auth.isAuthenticated,
    logOut: () => auth.logout(first ? home : { logoutParams: home }),
  };
  function App() {
    auth = useAuth0();
    const arrived = useRef(false);
    useEffect(() => {
      rendered();
      if (auth.isLoading || arrived.current) return;
      arrived.current = true;
      ready(driver);
    });
    return createElement('p', null, auth.isLoading ? 'Loading' : auth.isAuthenticated ? auth.user.name : 'Nobody');
  }
  ReactDOM.createRoot(document.getElementById('root')).render(createElement(Auth0Provider, {
    domain: config.domain,
    clientId: config.clientID,
    ...(first ? { redirectUri: callback, ...authorization } : { authorizationParams: { redirect_uri: callback, ...authorization } }),
    onRedirectCallback: forgetAnswer,
    ...config.options,
  }, createElement(App)));
})();
