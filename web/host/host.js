// What the host page of every SDK has: the specs begin a call of its driver and read what the SDK reported, as it reported it.
'use strict';

// A driver is an object of functions: what an app would do with the SDK. It calls ready(driver) when it can be used, and
// its arrive() is called then: what an app does when its page is loaded.
let driver;

// settled is what became of the latest call: {value} or {error}, and after how many milliseconds on the page's clock; null
// while it is under way.
let settled = null;

// What people who look at the page see: what the SDK was asked, and what it reported.
const asks = { arrive: 'The page was loaded: is somebody logged in?', logIn: 'Log in', logOut: 'Log out', renew: 'Renew' };

function write(text, result) {
  const story = document.getElementById('story');
  if (!story) return;
  const line = document.createElement('li'), time = document.createElement('time'), what = document.createElement(result && result.error ? 'pre' : 'span');
  time.textContent = new Date(Date.now()).toISOString().slice(11, 19) + ' ';
  what.textContent = text;
  line.className = result && result.error ? 'failed' : '';
  line.append(time, what);
  story.append(line);
}

// words are a result as people read it.
function words({ value, error }) {
  if (error !== undefined) return 'It reported the error ' + JSON.stringify(error, null, 1);
  const { tokens, claims, user } = value || {};
  if (!tokens || !tokens.access_token) return 'It returned ' + JSON.stringify(value);
  const who = (claims && (claims.email || claims.sub)) || (user && user.email) || 'somebody';
  return `It has an access token for ${who}, …${tokens.access_token.slice(-8)}` + (tokens.expires_in ? `, which lives ${tokens.expires_in} s` : '');
}

// begin calls the driver; its promise is fulfilled when that is over, well or not.
function begin(name, ...args) {
  const mine = (settled = null, {});
  begin.latest = mine;
  const since = Date.now();
  write(asks[name] || name);
  const keep = (result) => {
    if (begin.latest !== mine) return;
    settled = { ...result, after: Date.now() - since };
    write(words(result), result);
  };
  return Promise.resolve().then(() => driver[name](...args)).then(
    (value) => keep({ value: plain(value) }),
    (error) => keep({ error: plain(error) }));
}

// schedule renews when the token ends, by one timer, as the tutorial does, and again after that. Ten times, then a person
// has seen enough.
function schedule(times = 10) {
  const life = settled && settled.value && settled.value.tokens && settled.value.tokens.expires_in;
  if (!life || times === 0) return;
  setTimeout(() => begin('renew').then(() => schedule(times - 1)), life * 1000);
}

function ready(d) {
  driver = d;
  begin('arrive');
}

// The driver of another SDK on the page, where there is one. It only renews; what comes of that is of no interest.
let second = null;

function readySecond(d) {
  second = d;
}

function renewSecond() {
  Promise.resolve().then(() => second.renew()).catch(() => {});
}

// plain makes what an SDK hands over into JSON: an Error becomes its own members with name and message.
function plain(v) {
  if (v === undefined) return null;
  if (v instanceof Error) v = { name: v.name, message: v.message, ...v };
  return JSON.parse(JSON.stringify(v, (key, member) => member instanceof Error ? plain(member) : member));
}

// called makes a promise of a function that takes node's kind of callback.
const called = (f) => new Promise((resolve, reject) => f((error, value) => error ? reject(error) : resolve(value)));

// claimsOf reads a JWT, for what an SDK does not tell.
const claimsOf = (jwt) => JSON.parse(new TextDecoder().decode(Uint8Array.from(atob(jwt.split('.')[1].replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0))));

// answered tells whether the page was loaded with an answer of the tenant.
const answered = () => location.pathname === '/callback';

// forgetAnswer drops the answer in the address, as apps do.
const forgetAnswer = () => history.replaceState(null, '', '/');
