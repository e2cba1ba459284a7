// The tutorial's way: auth0.js 8.10.1, and a hidden frame on another origin that posts what it was answered.
'use strict';
(() => {
  const webAuth = new auth0.WebAuth({
    domain: config.domain,
    clientID: config.clientID,
    redirectUri: config.origin + '/callback',
    audience: config.audience,
    responseType: 'token id_token',
    scope: 'openid profile email',
    ...config.options,
  });
  const session = (result) => result && result.accessToken ? {
    tokens: { access_token: result.accessToken, id_token: result.idToken, expires_in: result.expiresIn, scope: result.scope, token_type: result.tokenType },
    claims: result.idTokenPayload,
    user: result.idTokenPayload,
  } : result;
  ready({
    async arrive() {
      if (!answered()) return null;
      const hash = location.hash;
      forgetAnswer();
      return session(await called((done) => webAuth.parseHash({ hash }, done)));
    },
    logIn: () => webAuth.authorize({}),
    renew: async (asked) => session(await called((done) => webAuth.renewAuth(
      { audience: config.audience, redirectUri: config.silentOrigin + '/silent', usePostMessage: true, ...asked }, done))),
    logOut: () => webAuth.logout({ returnTo: config.origin }),
  });
})();
