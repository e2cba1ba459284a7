// The tutorial's protocol on the same auth0.js 8.10.1, without its weaknesses. Copy this version,
// or better, for a new app: auth0-spa-js. Each "Mends:" says what the tutorial's version does wrong.
//
// Calls of `page` only show on the page what happened (page/page.js).
import * as session from './session.js';
import { silentRenewal, randomString } from './silent-renewal.js';

const webAuth = new auth0.WebAuth({
  domain: AUTH0_DOMAIN,
  clientID: AUTH0_CLIENT_ID,
  redirectUri: APP_ORIGIN + '/hardened/callback',
  audience: API_IDENTIFIER,
  responseType: 'token id_token',
  scope: 'openid profile email',
  leeway: 60, // seconds of clock difference that the ID token's check tolerates; 8.10.1 allows no more
});

const MAX_DELAY = 2 ** 31 - 1; // ms; setTimeout fires at once beyond it
const EARLY = 30 * 1000; // ms before expiry, at most a tenth of what is left
const MIN_INTERVAL = 1000; // ms between two renewals, whatever the tenant says; raise it in production
const BACKOFF = [5, 15, 45, 120, 300]; // seconds before each new try after a passing failure; then it gives up
const REST = 60 * 1000; // ms after giving up before waking the page may start a new series
const ENDED = ['login_required', 'consent_required', 'interaction_required', 'account_selection_required', 'unauthorized', 'access_denied'];
const PASSING = ['timeout', 'temporarily_unavailable', 'server_error', 'request_error'];
const REFUSED_BY_VERIFIER = /^(Issuer|Audience|Algorithm|Nonce|Expired|Invalid signature|The token|Cannot decode|Token header)/;
const LOGIN_STATE = 'hardened.login_state'; // in sessionStorage: the login that this tab asked for

let generation = 0; // counts logouts, so that an answer knows whether it is still wanted
let timer = 0; // the one timer of this app
let renewAt = null; // ms; null: nothing is planned
let running = null; // {cancel} of the renewal in flight
let failures = 0;
let lastStart = -Infinity;
let restUntil = 0;
let loggingIn = false;

// ---- planning -------------------------------------------------------------------------------------

// plan schedules the renewal of the stored session: a little early and not for all tabs at once.
// Mends: expired at load, or after an error, the tutorial schedules nothing any more.
function plan() {
  const current = session.read();
  if (!current) return;
  const left = current.expiresAt - Date.now();
  const early = Math.min(EARLY, Math.max(0, left) / 10) * (0.5 + Math.random() / 2);
  schedule(left <= 0 ? Date.now() : current.expiresAt - early);
}

// schedule sets the one timer. Mends: the tutorial's second scheduleRenewal orphans the first timer,
// which then survives logout.
function schedule(at) {
  clearTimeout(timer);
  const now = Date.now();
  const sinceLast = now - lastStart;
  renewAt = sinceLast >= 0 && sinceLast < MIN_INTERVAL ? Math.max(at, lastStart + MIN_INTERVAL) : at;
  arm();
  page.scheduled(renewAt);
}

// arm chains delays that are too long for one setTimeout. Mends: a token that lives longer than 24.8 days
// is renewed at once and for ever.
function arm() {
  const left = Math.max(0, renewAt - Date.now());
  timer = left > MAX_DELAY ? setTimeout(arm, MAX_DELAY) : setTimeout(renew, left);
}

function unschedule() {
  clearTimeout(timer);
  renewAt = null;
  page.scheduled(null);
}

// check runs when the page wakes up and with every drawn second: timers stand still while a laptop sleeps
// and are late in a background tab.
function check() {
  if (renewAt !== null && !running && Date.now() >= renewAt) renew();
}

function wake() {
  if (loggingIn) return;
  if (!session.read()) {
    if (page.isSignedIn()) follow();
    return;
  }
  const rest = restUntil - Date.now();
  if (renewAt === null && !running && (rest <= 0 || rest > REST)) {
    failures = 0;
    plan();
  }
  check();
}

// ---- renewing -------------------------------------------------------------------------------------

async function renew() {
  const before = session.read();
  if (!before || running) return;
  const mine = generation;
  const waiting = new AbortController();
  clearTimeout(timer);
  renewAt = null;
  running = { cancel: () => waiting.abort() };
  lastStart = Date.now();
  try {
    await alone(waiting.signal, async () => {
      const now = session.read();
      if (mine !== generation || !now || now.expiresAt !== before.expiresAt) return; // another tab did it
      await renewOnce(before, mine);
    });
    if (mine !== generation) return;
    running = null;
    if (renewAt === null) plan();
  } catch (err) {
    if (mine !== generation) return;
    running = null;
    failed(err);
  }
}

// renewNow is the button: through the same timer, so that pressing it often makes no storm.
function renewNow() {
  if (running || !session.read()) return;
  failures = 0;
  schedule(Date.now());
}

async function renewOnce(before, mine) {
  const attempt = silentRenewal(webAuth, {
    audience: API_IDENTIFIER,
    redirectUri: SILENT_ORIGIN + '/silent-hardened',
    scope: 'openid profile email',
    responseType: 'token id_token',
  });
  running = attempt;
  const result = await attempt.result;

  // Mends: an answer that arrives after logout brought the session back.
  const current = session.read();
  if (mine !== generation || !current || current.subject !== before.subject) return;
  if (result.idTokenPayload.sub !== before.subject) {
    throw { error: 'other_user', errorDescription: 'Someone else is logged in at the tenant now.' };
  }
  session.write(result, Date.now());
  failures = 0;
  page.renewed(result);
}

// alone lets one tab renew at a time where the browser has locks; the others then find a fresh token.
function alone(signal, work) {
  return navigator.locks ? navigator.locks.request('hardened.renewal', { signal }, work) : work();
}

function failed(err) {
  if (!session.read()) {
    follow();
  } else if (err.error === 'cancelled' || err.name === 'AbortError') {
    schedule(Date.now()); // by "online": try again at once
  } else if (ENDED.includes(err.error) || err.error === 'other_user') {
    page.failed(err, 'renewal');
    signOut(err.error === 'other_user'
      ? 'Signed out: someone else is logged in at the tenant now.'
      : 'Signed out: the tenant sees no session of yours. Log in again.');
  } else if (passing(err) && failures < BACKOFF.length) {
    page.failed(err, 'renewal');
    const pause = BACKOFF[failures] * 1000 * (1 + Math.random() / 5);
    failures += 1;
    schedule(Date.now() + pause);
  } else {
    // Refused or hopeless: the tokens at hand stay valid until they expire.
    page.failed(err, 'renewal');
    restUntil = Date.now() + REST;
    unschedule();
  }
}

function passing(err) {
  if (PASSING.includes(err.error)) return true;
  // 8.10.1 reports a key set that could not be fetched as invalid_token with the network's words.
  return err.error === 'invalid_token' && !REFUSED_BY_VERIFIER.test(err.errorDescription || '');
}

// ---- login and logout -----------------------------------------------------------------------------

function login() {
  forgetLogin();
  const state = randomString();
  sessionStorage.setItem(LOGIN_STATE, state);
  webAuth.authorize({ state });
}

function handleAuthentication() {
  const hash = window.location.hash;
  window.history.replaceState(null, '', '/hardened/'); // tokens do not stay in the address or the history
  const answer = new URLSearchParams(hash.replace(/^#/, ''));
  const expected = sessionStorage.getItem(LOGIN_STATE);
  const mine = generation;

  // Mends: 8.10.1 never compares state and verifies nothing when there is no ID token, so a link with
  // someone else's tokens would log you in as them.
  if (!expected || answer.get('state') !== expected) {
    page.failed({ error: 'invalid_state', errorDescription: 'This tab did not ask for that login.' }, 'login');
    plan();
    return;
  }
  loggingIn = true;
  webAuth.parseHash({ hash }, (err, result) => {
    loggingIn = false;
    forgetLogin();
    if (mine !== generation) return;
    try {
      if (err) throw err;
      session.write(result, Date.now());
    } catch (refused) {
      page.failed(refused, 'login');
      plan();
      return;
    }
    failures = 0;
    page.loggedIn(result);
    plan();
  });
}

// forgetLogin removes what authorize() stored for a login that ended or was left.
// Mends: auth0.js leaves the key behind when a login fails or is abandoned.
function forgetLogin() {
  const state = sessionStorage.getItem(LOGIN_STATE);
  if (state) localStorage.removeItem('com.auth0.auth.' + state);
  sessionStorage.removeItem(LOGIN_STATE);
}

function signOut(reason) {
  generation += 1;
  unschedule();
  if (running) running.cancel();
  running = null;
  failures = 0;
  session.clear();
  forgetLogin();
  page.loggedOut(reason);
}

function logoutAtTenant() {
  signOut();
  page.returnHere();
  webAuth.logout({ returnTo: APP_ORIGIN });
}

// follow does in this tab what another tab did: it logged out, renewed, or logged in.
function follow() {
  if (!session.read()) {
    signOut('Signed out in another tab.');
  } else if (!running) {
    failures = 0;
    plan();
  }
  page.refresh();
}

window.addEventListener('storage', (event) => {
  if (event.key === session.WATCHED_KEY || event.key === null) follow();
});
window.addEventListener('online', () => {
  failures = 0;
  if (running) running.cancel();
  else wake();
});
window.addEventListener('focus', wake);
window.addEventListener('pageshow', wake);
document.addEventListener('visibilitychange', wake);
document.addEventListener('resume', wake); // a frozen page goes on

window.addEventListener('load', () => {
  page.connect({ login, renew: renewNow, logout: () => signOut(), logoutAtTenant, check });
  if (window.location.pathname === '/hardened/callback' && window.location.hash) handleAuthentication();
  else plan();
});
