// auth0.js 8, 9 and 10. Their callbacks are made into promises; what they hand over is not touched.
'use strict';
(() => {
  const webAuth = new auth0.WebAuth({
    domain: config.domain,
    clientID: config.clientID,
    audience: config.audience,
    scope: 'openid profile email',
    responseType: 'token id_token',
    redirectUri: config.origin + '/callback',
    ...config.options,
  });
  let latest = null; // what the SDK handed over last: it keeps nothing itself
  const session = (result) => {
    if (!result || !result.accessToken) return result; // it handed over something else
    latest = result;
    return {
      tokens: { access_token: result.accessToken, id_token: result.idToken, expires_in: result.expiresIn, scope: result.scope, token_type: result.tokenType },
      claims: result.idTokenPayload || claimsOf(result.idToken), // version 8 does not open a silent answer's ID token
      user: result.idTokenPayload,
    };
  };
  ready({
    async arrive() {
      if (location.pathname === '/verifier') { // in a frame of the tenant's, after logInAcrossOrigins
        webAuth.crossOriginAuthenticationCallback();
        return null;
      }
      if (!answered()) return null;
      if (window.opener) {
        webAuth.popup.callback({ hash: location.hash });
        return null;
      }
      const hash = location.hash;
      forgetAnswer();
      return session(await called((done) => webAuth.parseHash({ hash }, done)));
    },
    logIn: () => webAuth.authorize({}),
    logInByPopup: async () => session(await called((done) => webAuth.popup.authorize({}, done))),
    // The password goes to /oauth/token as JSON, by the grant that names the connection.
    logInWithPassword: async (username, password) => session(await called((done) =>
      webAuth.client.login({ realm: 'Username-Password-Authentication', username, password, audience: config.audience, scope: 'openid profile email' }, done))),
    // The password goes to /co/authenticate, and the ticket that comes back to /authorize: the page is left.
    logInAcrossOrigins: (username, password) => called((done) => webAuth.login({ realm: 'Username-Password-Authentication', username, password }, done)),
    signUp: (email, password) => called((done) => webAuth.signup({ connection: 'Username-Password-Authentication', email, password }, done)),
    changePassword: (email) => called((done) => webAuth.changePassword({ connection: 'Username-Password-Authentication', email }, done)),
    renew: async (asked) => session(await called((done) => webAuth.checkSession({ ...asked }, done))),
    userInfo: () => called((done) => webAuth.client.userInfo(latest.accessToken, done)),
    logOut: () => webAuth.logout({ returnTo: config.origin }),
  });
})();
