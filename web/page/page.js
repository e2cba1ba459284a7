// What a person sees: who is logged in, when the token expires, the countdown, the log, the advice.
// Shared by both apps. It only reads the session from localStorage; the apps own it.
//
// The countdown is drawn by requestAnimationFrame and only while somebody is logged in and looks at the
// page: no timer of the page is left after logout, and a test that moves the clock by a day pays nothing.
var page = (function() {
  var prefix = document.body.getAttribute('data-storage-prefix');
  var SKEW = 2 * 60; // seconds of clock difference worth a remark
  var app = {};
  var plannedAt; // undefined: the app does not say; null: nothing is planned
  var drawn = '';
  var looping = false;
  var renewals = 0;

  function el(id) { return document.querySelector('[data-testid="' + id + '"]'); }
  function set(id, text) { if (el(id).textContent !== text) el(id).textContent = text; }
  function show(node, visible) { node.hidden = !visible; }

  // ---- the session ------------------------------------------------------------------------------

  function claimsOf(token) {
    try {
      var part = token.split('.')[1].replace(/-/g, '+').replace(/_/g, '/');
      return JSON.parse(decodeURIComponent(escape(atob(part)))) || {};
    } catch (e) {
      return {};
    }
  }

  function session() {
    var token = localStorage.getItem(prefix + 'access_token');
    var expiresAt = Number(localStorage.getItem(prefix + 'expires_at'));
    var state = 'signed-in';
    if (!token) state = 'signed-out';
    else if (!expiresAt) state = 'broken';
    else if (Date.now() >= expiresAt) state = 'expired';
    return { state: state, token: token, expiresAt: expiresAt, claims: claimsOf(localStorage.getItem(prefix + 'id_token')) };
  }

  var LABELS = {
    'signed-out': 'Signed out',
    'signed-in': 'Signed in',
    expired: 'Token expired',
    broken: 'Broken session'
  };

  function refresh() {
    var s = session();
    var open = s.state !== 'signed-out';
    person = open ? s.claims.sub : undefined;
    goodUntil = open ? s.expiresAt : undefined;
    document.body.setAttribute('data-state', s.state);
    set('session-state', LABELS[s.state]);
    set('user-name', open ? s.claims.name || s.claims.nickname || s.claims.sub || 'Unknown' : 'Nobody');
    set('user-email', open ? s.claims.email || 'not in the token' : '\u2013');
    drawExpiry(s);
    drawn = '';
    drawCountdown(s);
    var focused = document.activeElement;
    show(el('login-button'), s.state !== 'signed-in');
    ['renew-button', 'logout-button', 'tenant-logout-button'].forEach(function(id) { show(el(id), open); });
    // Who works by keyboard must not be thrown to the top of the page when the button just pressed goes away.
    if (focused && focused.hidden) el(open ? 'renew-button' : 'login-button').focus();
    if (open) loop();
    return s;
  }

  function drawExpiry(s) {
    var time = el('token-expires');
    if (s.state === 'signed-out' || s.state === 'broken') {
      set('token-expires', '\u2013');
      time.removeAttribute('datetime');
      return;
    }
    var at = new Date(s.expiresAt);
    var valid = !isNaN(at.getTime());
    set('token-expires', valid ? at.toLocaleString([], { dateStyle: 'medium', timeStyle: 'medium' }) : 'never');
    if (valid) time.setAttribute('datetime', at.toISOString());
  }

  // ---- the countdown ----------------------------------------------------------------------------

  function drawCountdown(s) {
    var at = plannedAt === undefined ? (s.state === 'signed-in' ? s.expiresAt : null) : plannedAt;
    var text = '\u2013';
    if (s.state !== 'signed-out') text = at ? duration(at - Date.now()) : 'not planned';
    if (text === drawn) return;
    drawn = text;
    set('renewal-countdown', text);
  }

  function duration(ms) {
    var s = Math.ceil(ms / 1000);
    if (s <= 0) return 'now';
    var parts = [[Math.floor(s / 86400), 'd'], [Math.floor(s / 3600) % 24, 'h'], [Math.floor(s / 60) % 60, 'min'], [s % 60, 's']];
    while (parts.length > 1 && parts[0][0] === 0) parts.shift();
    return parts.slice(0, 2).map(function(p) { return p[0] + ' ' + p[1]; }).join(' ');
  }

  function loop() {
    if (looping || document.hidden) return;
    looping = true;
    var second = 0;
    var state = document.body.getAttribute('data-state');
    requestAnimationFrame(function frame() {
      var now = Math.floor(Date.now() / 250);
      if (now !== second) {
        second = now;
        if (app.check) app.check();
        var s = session();
        if (s.state !== state) { state = s.state; refresh(); }
        drawCountdown(s);
        if (s.state === 'signed-out' || document.hidden) { looping = false; return; }
      }
      requestAnimationFrame(frame);
    });
  }

  document.addEventListener('visibilitychange', function() { if (!document.hidden) refresh(); });
  window.addEventListener('storage', function(event) {
    if (event.key === null || event.key === prefix + 'expires_at' || event.key === prefix + 'access_token') refresh();
  });

  // ---- log and advice ---------------------------------------------------------------------------

  function log(kind, text) {
    var item = document.createElement('li');
    var time = document.createElement('time');
    var words = document.createElement('span');
    time.dateTime = new Date().toISOString();
    time.textContent = new Date().toLocaleTimeString([], { timeStyle: 'medium' });
    words.textContent = text;
    item.setAttribute('data-testid', 'log-entry');
    item.setAttribute('data-kind', kind);
    item.append(time, ' ', words);
    el('event-log').append(item);
    while (el('event-log').children.length > 100) el('event-log').firstElementChild.remove();
    el('event-log').parentNode.scrollTop = el('event-log').parentNode.scrollHeight;
    show(el('log-empty'), false);
  }

  function advise(problem) {
    var box = el('problem');
    show(box, !!problem);
    if (!problem) { box.removeAttribute('data-problem'); return; }
    box.setAttribute('data-problem', problem.kind);
    set('problem-title', problem.title);
    set('problem-text', problem.text);
    set('problem-todo', problem.todo);
    var link = el('problem-link');
    show(link, !!problem.link);
    if (problem.link) { link.href = problem.link; link.textContent = 'Open ' + problem.link; }
  }

  function noteSkew(result) {
    var claims = result.idTokenPayload || {};
    if (typeof claims.iat !== 'number') return;
    var skew = Math.round(Date.now() / 1000 - claims.iat);
    if (Math.abs(skew) < SKEW) return;
    log('note', 'This device\'s clock is ' + duration(Math.abs(skew) * 1000) + (skew > 0 ? ' ahead of' : ' behind') +
      ' the tenant\'s. The token\'s life counts from when it arrived, so the renewal stays on time.');
  }

  // fresh: logged in in this tab, and no renewal has worked since
  function fresh() { return sessionStorage.getItem('page.fresh_login') === prefix; }
  function setFresh(on) {
    if (on) sessionStorage.setItem('page.fresh_login', prefix);
    else sessionStorage.removeItem('page.fresh_login');
  }

  var returned = false; // the app renewed after a logout

  // What the page says of a renewal that a healthy app would not have made, or not taken. The tutorial does.
  var WEAKNESSES = {
    cameBack: {
      title: 'The session came back after the logout',
      text: 'You logged out, and a renewal that was planned before logged you in again. This is a weakness of the tutorial\'s app: a ' +
        'timer, or a renewal under way, survives the logout.',
      todo: 'Log out once more. The hardened app keeps one timer and drops answers that come after a logout: copy that one.',
      log: 'it renewed the token after the logout, and the session is back.'
    },
    otherPerson: {
      title: 'The renewal made somebody else of you',
      text: 'The new tokens are of another person than those before. Somebody else has logged in at the tenant in this browser, ' +
        'or another window handed the tokens in. This is a weakness of the tutorial\'s app: it does not compare sub of the new ' +
        'ID token with the old one.',
      todo: 'Log out. The hardened app ends its session when sub changes: copy that one.',
      log: 'the renewal brought tokens of another person, and the app took them.'
    },
    early: {
      title: 'The app renewed a token that was still good',
      text: 'More than half of its life was left, and nobody pressed Renew. This is a weakness of the tutorial\'s app: another timer ' +
        'or another tab renewed before, or the life is longer than setTimeout can wait (24.8 days), so that each renewal starts ' +
        'the next at once.',
      todo: 'Log out, or close this tab. The hardened app has one timer for all tabs and waits in pieces: copy that one.',
      log: 'it renewed a token that was still good.'
    }
  };

  var person; // whose session the page shows, by sub
  var goodUntil; // until when its token lives
  var pressed = false; // the renewal was asked for by the button

  // weakness is the weakness that a renewal shows; undefined: none.
  function weakness(result) {
    var now = session();
    if (returned) return WEAKNESSES.cameBack;
    if (person && now.claims.sub !== person) return WEAKNESSES.otherPerson;
    if (!pressed && goodUntil - Date.now() > result.expiresIn * 1000 / 2) return WEAKNESSES.early;
  }

  // ---- what the apps call -----------------------------------------------------------------------

  function loggedIn(result) {
    returned = false;
    setFresh(true);
    advise(null);
    refresh();
    log('login', 'Logged in. The token lives ' + duration(result.expiresIn * 1000) + '.');
    noteSkew(result);
  }

  function renewed(result) {
    if (!result || !result.accessToken) {
      // The tutorial stores an error as if it were a session: show what really came.
      failed(result || {}, 'renewal');
      log('error', 'The app stored this error as a session.');
      return;
    }
    returned = returned || !isSignedIn(); // as the page shows it: nobody logged in since it showed the logout
    var shows = document.body.getAttribute('data-app') === 'tutorial' ? weakness(result) : undefined;
    pressed = false;
    setFresh(false);
    renewals += 1;
    set('renewal-count', String(renewals));
    advise(shows ? { kind: 'weakness', title: shows.title, text: shows.text, todo: shows.todo, link: '/hardened/' } : null);
    refresh();
    if (shows) log('error', 'A weakness of this app: ' + shows.log);
    else log('renewal', 'Token renewed. It lives ' + duration(result.expiresIn * 1000) + '.');
    noteSkew(result);
  }

  function failed(err, what) {
    var problem = diagnose.explain(err, fresh());
    pressed = false;
    refresh();
    log('error', (what === 'login' ? 'Login' : 'Renewal') + ' failed: ' + (err.error || 'error') +
      (err.errorDescription ? ' (' + err.errorDescription + ')' : ''));
    advise(problem);
    if (err.error === 'timeout' || problem.kind === 'refused') {
      diagnose.reach().then(function(deeper) { if (deeper) advise(deeper); });
    }
  }

  function loggedOut(reason) {
    returned = false;
    setFresh(false);
    plannedAt = plannedAt === undefined ? undefined : null;
    if (!reason) advise(null);
    forgetAnswer();
    refresh();
    log('logout', reason || 'Logged out of the app.');
  }

  function scheduled(at) {
    plannedAt = at;
    refresh();
  }

  function isSignedIn() { return document.body.getAttribute('data-state') !== 'signed-out'; }

  // returnHere: the tenant's logout may come back to the first page of the origin only
  function returnHere() { sessionStorage.setItem('page.return', window.location.pathname); }

  // ---- buttons ----------------------------------------------------------------------------------

  var asked = 0; // how often the API was: only the answer to the latest question is shown
  var unasked; // what the page shows before it

  function callApi() {
    var token = session().token;
    var mine = ++asked;
    set('api-status', 'asking \u2026');
    fetch('/api/me', { cache: 'no-store', headers: token ? { Authorization: 'Bearer ' + token } : {} })
      .then(function(response) {
        return response.json().then(function(body) {
          if (mine !== asked) return;
          set('api-status', String(response.status));
          el('api-status').setAttribute('data-ok', String(response.ok));
          set('api-body', JSON.stringify(body, null, 2));
          log(response.ok ? 'api' : 'error', 'GET /api/me answered ' + response.status + '.');
        });
      })
      .catch(function(err) {
        if (mine !== asked) return;
        set('api-status', 'no answer');
        set('api-body', 'The API could not be reached: ' + err.message);
      });
  }

  // forgetAnswer: what the API said was for the person who is gone, and so is what it may still say.
  function forgetAnswer() {
    asked++;
    set('api-status', unasked.status);
    el('api-status').removeAttribute('data-ok');
    set('api-body', unasked.body);
  }

  function button(id, action) {
    el(id).addEventListener('click', function() { action(); });
    el(id).disabled = false;
  }

  // connect gives the page its app: {login, renew, logout, logoutAtTenant, check?}. check is called with
  // every drawn quarter of a second while somebody is logged in.
  function connect(to) {
    app = to;
    unasked = { status: el('api-status').textContent, body: el('api-body').textContent };
    button('login-button', to.login);
    button('renew-button', function() {
      pressed = true;
      to.renew();
    });
    button('logout-button', to.logout);
    button('tenant-logout-button', to.logoutAtTenant);
    refresh();
  }

  var back = sessionStorage.getItem('page.return');
  if (back && window.location.pathname === '/') {
    sessionStorage.removeItem('page.return');
    if (back.charAt(0) === '/' && back.charAt(1) !== '/') window.location.replace(back);
  }

  set('tenant-domain', AUTH0_DOMAIN);
  set('client-id', AUTH0_CLIENT_ID);
  button('api-button', callApi);

  window.addEventListener('load', function() {
    refresh();
    if (!window.auth0) {
      advise(diagnose.sdkMissing(document.querySelector('script[data-sdk]').src));
      return;
    }
    if (!isSignedIn() && !window.location.hash) diagnose.reach().then(function(problem) { if (problem) advise(problem); });
  });

  return {
    connect: connect, refresh: refresh, loggedIn: loggedIn, renewed: renewed, failed: failed,
    loggedOut: loggedOut, scheduled: scheduled, isSignedIn: isSignedIn, returnHere: returnHere
  };
})();
