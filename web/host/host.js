// What the host page of every SDK has: the specs begin a call of its driver and read what the SDK told, as it told it.
'use strict';

// A driver is an object of functions: what an app would do with the SDK. It calls ready(driver) when it can be used, and
// its arrive() is called then: what an app does when its page is loaded.
let driver;

// told is what became of the latest call: {value} or {error}, and after how many milliseconds on the page's clock; null
// while it is under way.
let told = null;

// begin calls the driver; its promise is fulfilled when that is over, well or not.
function begin(name, ...args) {
  const mine = (told = null, {});
  begin.latest = mine;
  const since = Date.now();
  const keep = (result) => { if (begin.latest === mine) told = { ...result, after: Date.now() - since }; };
  return Promise.resolve().then(() => driver[name](...args)).then(
    (value) => keep({ value: plain(value) }),
    (error) => keep({ error: plain(error) }));
}

// schedule renews when the token ends, by one timer, as the tutorial does, and again after that. Ten times, then a person
// has seen enough.
function schedule(times = 10) {
  const life = told && told.value && told.value.tokens && told.value.tokens.expires_in;
  if (!life || times === 0) return;
  setTimeout(() => begin('renew').then(() => schedule(times - 1)), life * 1000);
}

function ready(d) {
  driver = d;
  begin('arrive');
}

// The driver of another SDK on the page, where there is one. It only renews; what it is told is nobody's concern.
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
