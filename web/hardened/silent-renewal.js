// One silent renewal: a hidden frame goes to /authorize with prompt=none, the silent page hands the
// answer over, auth0.js verifies it.
//
// Why not webAuth.renewAuth? In auth0.js 8.10.1 it takes a message from any window as the answer and
// cannot be cancelled. Here auth0.js still builds the request and still verifies the ID token (signature,
// issuer, audience, nonce, expiry); only the frame and its listener are ours.

const TIMEOUT = 60 * 1000; // ms; the same patience as auth0.js

// randomString returns 43 characters of base64url: 256 bits.
export function randomString() {
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  return btoa(String.fromCharCode(...bytes)).replace(/\+/g, '-').replace(/\//g, '_').replace(/=/g, '');
}

// silentRenewal returns {result, cancel}. result settles once: with the verified result, or rejected with
// auth0.js's kind of error {error, errorDescription}. cancel() takes the frame, the timer and the listener
// away; the result then is rejected with {error: 'cancelled'}.
export function silentRenewal(webAuth, { audience, redirectUri, scope, responseType }) {
  // Mends: renewAuth stores each transaction in localStorage and, with the tutorial's silent page, never
  // removes it. Who asks and who verifies is the same page, so memory is enough: nothing can leak.
  const state = randomString();
  const nonce = randomString();
  const silentOrigin = new URL(redirectUri).origin;
  const frame = document.createElement('iframe');
  let finish;

  const result = new Promise((resolve, reject) => {
    let timer = 0;
    finish = (error, value) => {
      clearTimeout(timer);
      window.removeEventListener('message', onMessage);
      frame.remove();
      if (error) reject(error);
      else resolve(value);
    };

    function onMessage(event) {
      // Mends: any window's message ended a renewal. Only our frame, on the silent page's origin, counts.
      if (event.source !== frame.contentWindow || event.origin !== silentOrigin) return;
      if (!event.data || event.data.type !== 'silent-renewal' || typeof event.data.hash !== 'string') return;
      window.removeEventListener('message', onMessage);
      verify(webAuth, event.data.hash, state, nonce, finish);
    }

    window.addEventListener('message', onMessage);
    // The timer also covers the verification: 8.10.1 never calls back when the key set lacks the key.
    timer = setTimeout(() => finish({ error: 'timeout', errorDescription: 'The silent renewal got no answer in 60 seconds.' }), TIMEOUT);
    frame.hidden = true;
    frame.title = 'Silent renewal';
    frame.src = webAuth.client.buildAuthorizeUrl({
      audience, redirectUri, scope, responseType, responseMode: 'fragment', prompt: 'none', state, nonce,
    });
    document.body.append(frame);
  });

  return { result, cancel: () => finish({ error: 'cancelled', errorDescription: 'The renewal was cancelled.' }) };
}

function verify(webAuth, hash, state, nonce, done) {
  // Mends: 8.10.1 uses state as a storage key only and never compares it. Errors carry it as well.
  const answer = new URLSearchParams(hash.replace(/^#/, ''));
  if (answer.get('state') !== state) {
    done({ error: 'invalid_state', errorDescription: 'The answer belongs to another request.' });
    return;
  }
  // Mends: without an ID token 8.10.1 verifies nothing at all.
  if (!answer.has('error') && !(answer.get('id_token') && answer.get('access_token'))) {
    done({ error: 'invalid_hash', errorDescription: 'The answer lacks a token that was asked for.' });
    return;
  }
  try {
    webAuth.parseHash({ hash, nonce, state }, (err, value) => {
      // With a hash of its own, 8.10.1 gives errors as the first argument; look at the second as well.
      if (err || !value || value.error) done(err || value || { error: 'invalid_hash', errorDescription: 'The answer is empty.' });
      else done(null, value);
    });
  } catch (err) {
    done({ error: 'invalid_token', errorDescription: String(err && err.message || err) });
  }
}
