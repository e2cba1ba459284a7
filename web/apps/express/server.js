import express from 'express';
import openid from 'express-openid-connect';
import { page } from './page.js';

const { PORT, AUDIENCE, API } = process.env;

// After these errors only a login helps.
const ENDED = [
  'invalid_grant', 'login_required', 'consent_required', 'interaction_required', 'mfa_required', 'access_denied', 'unauthorized',
  'unauthorized_client',
];

const app = express();
app.disable('x-powered-by');
app.use((req, res, next) => {
  res.set({ 'Cache-Control': 'no-store', 'Referrer-Policy': 'no-referrer' });
  next();
});

// BASE_URL, ISSUER_BASE_URL, CLIENT_ID, CLIENT_SECRET and SECRET are in the environment, where the SDK finds them.
app.use(openid.auth({
  authRequired: false,
  auth0Logout: true,
  authorizationParams: { response_type: 'code', audience: AUDIENCE, scope: 'openid profile email offline_access' },
}));

app.get('/', (req, res) => {
  res.send(page({ user: req.oidc.user, notice: req.query.ended !== undefined ? 'Your session has ended. Log in again.' : '' }));
});

app.get('/orders', openid.requiresAuth(), async (req, res) => {
  try {
    const token = await accessToken(req);
    const answer = await fetch(`${API}/orders`, { headers: { Authorization: `Bearer ${token}` } });
    if (!answer.ok) throw new Error(`the API answered ${answer.status}`);
    const { orders } = await answer.json();
    res.send(page({ user: req.oidc.user, orders }));
  } catch (err) {
    if (ENDED.includes(err.error)) {
      req.appSession = null; // ends the session of this app
      return res.redirect('/?ended');
    }
    res.status(502).send(page({ user: req.oidc.user, problem: `Your orders could not be loaded (${err.message}). Try again in a moment.` }));
  }
});

// accessToken is the one of the session, which is renewed when it has expired.
async function accessToken(req) {
  let { accessToken } = req.oidc;
  if (!accessToken || accessToken.isExpired()) accessToken = await accessToken.refresh();
  return accessToken.access_token;
}

app.listen(Number(PORT), 'localhost', (err) => {
  if (err) throw err;
  console.log(`Orders on ${process.env.BASE_URL}`);
});
