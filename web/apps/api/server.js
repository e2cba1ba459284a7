// The API of all the apps: GET /orders, for whoever shows an access token of the tenant.
// From the environment: PORT (3010; 0 is a free one), ISSUER_BASE_URL, AUDIENCE, and APP_ORIGINS, the origins of the apps.
import cors from 'cors';
import express from 'express';
import { auth } from 'express-oauth2-jwt-bearer';

const {
  PORT = '3010',
  ISSUER_BASE_URL = 'https://localhost:4443',
  AUDIENCE = 'https://orders.example.test/',
  APP_ORIGINS,
} = process.env;

// Without a list, the apps of this machine may ask.
const origins = APP_ORIGINS ? APP_ORIGINS.split(/[\s,]+/) : /^https?:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/;

const api = express();
api.disable('x-powered-by');
api.use(cors({ origin: origins, allowedHeaders: ['authorization'], maxAge: 600 }));
api.use(auth({ issuerBaseURL: ISSUER_BASE_URL, audience: AUDIENCE }));

api.get('/orders', (req, res) => {
  res.set('Cache-Control', 'no-store');
  res.json({ orders: ordersOf(req.auth.payload.sub) });
});

// What auth() refuses has a status and the challenge of RFC 6750, without a code where there was no token. Its cause is for the log only.
api.use((err, req, res, next) => {
  const status = err.status ?? 500;
  console.error(`${req.method} ${req.path} ${status}: ${err.message}`);
  res.status(status).set(err.headers ?? {}).json({ error: err.code ?? (status === 401 ? 'unauthorized' : 'server_error') });
});

// ordersOf makes up two orders that differ from person to person.
function ordersOf(sub) {
  const first = 1000 + [...sub].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) % 9000, 7);
  return [{ number: first, what: 'Espresso beans, 1 kg' }, { number: first + 1, what: 'Paper filters, 100' }];
}

const server = api.listen(Number(PORT), 'localhost', (err) => {
  if (err) throw err;
  console.log(`Orders API on http://localhost:${server.address().port}, for tokens of ${ISSUER_BASE_URL}`);
});
