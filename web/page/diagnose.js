// Why a login or a renewal failed, in words for the person in front of the page, and what to do.
// Shared by both apps; it knows nothing of their tokens.
var diagnose = (function() {
  var tenantOrigin = 'https://' + AUTH0_DOMAIN;

  // site names what browsers call a site: scheme and registrable domain. The last two labels are near
  // enough for localhost, *.localhost, *.test and plain .com names; an address is a site of its own.
  function site(url) {
    var host = new URL(url).hostname;
    var labels = host.split('.');
    var address = /^[\d.]+$/.test(host) || host.charAt(0) === '[';
    return new URL(url).protocol + '//' + (address ? host : labels.slice(-2).join('.'));
  }

  function crossSite() {
    return site(window.location.origin) !== site(tenantOrigin);
  }

  function moveAddress() {
    var address = SAME_SITE_ADDRESS;
    return address
      ? { text: 'Open the address below: there the app and the tenant are one site, and the renewal works everywhere.', link: address }
      : { text: 'Serve the app by https under the same registrable domain as the tenant, or allow third-party cookies for this page.' };
  }

  var KNOWN = {
    login_required: {
      kind: 'login-required',
      title: 'The tenant has no session for you',
      text: 'It answered login_required: the session there ended, somebody logged out, or the connection uses ' +
        'Auth0 developer keys, which leave no session.',
      todo: 'Log in again. If it happens right after every login, look at the connection\'s keys.'
    },
    consent_required: {
      kind: 'consent-required',
      title: 'The tenant wants to ask for your consent',
      text: 'A hidden frame cannot show you the question.',
      todo: 'Log in again and accept.'
    },
    timeout: {
      kind: 'no-answer',
      title: 'The renewal got no answer',
      text: 'The tenant can be reached, but the silent page sent nothing. Usually its address is missing in the ' +
        'Allowed Callback URLs, or the silent page\'s server is not running.',
      todo: 'Add the silent page\'s address to the Allowed Callback URLs, and check that its server runs.'
    },
    other_user: {
      kind: 'other-user',
      title: 'Someone else is logged in at the tenant',
      text: 'The renewal came back for another user and was refused.',
      todo: 'Log in again as the user you want.'
    },
    invalid_state: {
      kind: 'refused',
      title: 'An answer was refused',
      text: 'It belongs to a request that this page did not make.',
      todo: 'Log in from this page.'
    }
  };

  // explain gives {kind, title, text, todo, link?} for an error of auth0.js; fresh tells that the person
  // logged in in this tab and that no renewal has worked since.
  function explain(err, fresh) {
    if (err.error === 'login_required' && fresh && crossSite()) {
      var move = moveAddress();
      return {
        kind: 'blocked-cookie',
        title: 'Your browser blocks the tenant\'s cookie',
        text: 'You logged in here, no renewal has worked since, and the tenant answered login_required to the hidden ' +
          'frame. This page (' + window.location.origin + ') and the tenant (' + tenantOrigin + ') are different ' +
          'sites. Safari and Chromium keep cookies from frames of another site; Firefox does unless you clicked through a ' +
          'login by redirect. (A social connection with Auth0 ' +
          'developer keys ends the same way.)',
        todo: move.text,
        link: move.link
      };
    }
    if (err.error === 'invalid_token' && /^Expired/.test(err.errorDescription || '')) {
      return {
        kind: 'clock',
        title: 'A new ID token is already expired here',
        text: 'It was just issued, so this device\'s clock is probably ahead by more than the token lives.',
        todo: 'Set the clock of this device, then log in again.'
      };
    }
    if (err.error === 'invalid_token') {
      return {
        kind: 'refused',
        title: 'A token was refused',
        text: 'auth0.js says: ' + (err.errorDescription || 'invalid_token'),
        todo: 'Compare domain, client and keys of the tenant with the settings of this app.'
      };
    }
    return KNOWN[err.error] || {
      kind: 'error',
      title: 'The tenant answered ' + (err.error || 'with an error'),
      text: err.errorDescription || err.error_description || 'There is no description.',
      todo: 'The address below lists what the tenant saw, and why it answered so. The newest entry is the last.',
      link: tenantOrigin + '/__mock/v1/events'
    };
  }

  // reach asks whether this browser and whether the app's server can reach the tenant. It resolves to null
  // when all is well, else to the problem.
  function reach() {
    return fetch(tenantOrigin + '/.well-known/jwks.json', { mode: 'no-cors', credentials: 'omit' }).then(
      function() { return null; },
      function() {
        return fetch('/api/tenant')
          .then(function(response) { return response.json(); })
          .then(function(answer) { return answer.reachable ? untrusted() : down(answer.reason); })
          .catch(function() { return down('The server of this page does not answer either.'); });
      }
    );
  }

  function untrusted() {
    return {
      kind: 'untrusted-ca',
      title: 'Your browser does not trust the tenant\'s certificate',
      text: 'The tenant at ' + tenantOrigin + ' runs, but this browser refuses to talk to it: the mock\'s own ' +
        'certificate authority is not trusted here yet.',
      todo: 'Run ".build/mockauth0 ca" and trust the file that it names, or use "make open". Opening the tenant\'s ' +
        'address once and accepting the warning works for a quick look.',
      link: tenantOrigin + '/.well-known/openid-configuration'
    };
  }

  function down(reason) {
    return {
      kind: 'tenant-down',
      title: 'The tenant does not answer',
      text: 'Neither this browser nor the app\'s server reaches ' + tenantOrigin + '. ' + (reason || ''),
      todo: 'Start it with "make run", and check the domain and the port.'
    };
  }

  function sdkMissing(src) {
    return {
      kind: 'sdk-missing',
      title: 'auth0.js could not be loaded',
      text: 'The script ' + src + ' did not load, so nothing on this page can work. The network, a blocker or an ' +
        'untrusted certificate keeps it away.',
      todo: 'Serve it from here ("make run" does), or run ".build/mockauth0 ca" and trust the certificate authority.'
    };
  }

  return { explain: explain, reach: reach, sdkMissing: sdkMissing, crossSite: crossSite };
})();
