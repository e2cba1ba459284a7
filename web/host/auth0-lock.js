// Lock 14: the login form is the app's own, and the password goes to the tenant across origins. It is published for a bundler.
import { Auth0Lock } from 'auth0-lock';

const lock = new Auth0Lock(config.clientID, config.domain, {
  avatar: null,
  auth: {
    redirectUrl: config.origin + '/callback',
    responseType: 'token id_token',
    audience: config.audience,
    params: { scope: 'openid profile email' },
  },
});
const happens = (event) => new Promise((resolve) => { lock.once(event, resolve); });
const outcome = () => Promise.race([happens('authenticated'), happens('authorization_error').then((error) => { throw error; })]);
let latest = null; // what Lock handed over last: it keeps nothing itself
const session = (result) => {
  latest = result;
  return {
    tokens: { access_token: result.accessToken, id_token: result.idToken, expires_in: result.expiresIn, scope: result.scope },
    claims: result.idTokenPayload,
    user: result.idTokenPayload,
  };
};
const arrived = answered() && outcome(); // Lock reads the address itself, a turn after it was made
ready({
  async arrive() {
    if (!arrived) return null;
    try {
      return session(await arrived);
    } finally {
      forgetAnswer();
    }
  },
  async logIn() {
    lock.show();
    return session(await outcome());
  },
  renew: async () => session(await called((done) => lock.checkSession({}, done))),
  userInfo: () => called((done) => lock.getUserInfo(latest.accessToken, done)),
  logOut: () => lock.logout({ returnTo: config.origin }),
});
