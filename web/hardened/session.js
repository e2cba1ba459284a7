// The session in localStorage: four keys with a prefix of their own, so that another app of the same
// origin cannot be mistaken for this one.
//
// expires_at is written last and removed first. Whoever sees it sees the others, so other tabs need to
// watch this key alone.

const PREFIX = 'hardened.';
export const WATCHED_KEY = PREFIX + 'expires_at';
const CLOCK_TOLERANCE = 5000; // ms that a clock may be corrected back without a renewal for it
const LONG_AGO = 1; // ms since 1970

// read returns {accessToken, idToken, expiresAt, subject} or null. What is damaged counts as no session.
export function read() {
  const accessToken = localStorage.getItem(PREFIX + 'access_token');
  const idToken = localStorage.getItem(PREFIX + 'id_token');
  const expiresAt = Number(localStorage.getItem(WATCHED_KEY));
  if (!accessToken || !idToken || !Number.isFinite(expiresAt) || expiresAt <= 0) return null;
  const claims = decode(idToken);
  if (!claims) return null;
  // Mends: expires_at is a time of this device's clock. When that was set back since, nobody knows how much of the
  // token's life is left, and the tutorial renews hours late; a session that arrives "in the future" is due now.
  const setBack = Date.now() < Number(localStorage.getItem(PREFIX + 'received_at')) - CLOCK_TOLERANCE;
  return { accessToken, idToken, expiresAt: setBack ? LONG_AGO : expiresAt, subject: claims.sub };
}

// write stores a verified result of auth0.js.
//
// Mends: the tutorial stores whatever comes, an error included, as "undefined" and "null". Here a result
// without tokens, life and user is refused (throws) and the old session stays as it was.
// The life counts from the moment of receipt on this device's own clock, so a wrong clock does no harm.
export function write(result, now) {
  const { accessToken, idToken, expiresIn, idTokenPayload } = result || {};
  const whole = typeof accessToken === 'string' && accessToken && typeof idToken === 'string' && idToken;
  if (!whole || !Number.isFinite(expiresIn) || expiresIn <= 0 || !idTokenPayload || !idTokenPayload.sub) {
    throw { error: 'invalid_result', errorDescription: 'The answer lacks a token, its life or the user.' };
  }
  localStorage.setItem(PREFIX + 'access_token', accessToken);
  localStorage.setItem(PREFIX + 'id_token', idToken);
  localStorage.setItem(PREFIX + 'received_at', String(now));
  localStorage.setItem(WATCHED_KEY, String(now + expiresIn * 1000));
}

export function clear() {
  localStorage.removeItem(WATCHED_KEY);
  localStorage.removeItem(PREFIX + 'access_token');
  localStorage.removeItem(PREFIX + 'id_token');
  localStorage.removeItem(PREFIX + 'received_at');
}

function decode(token) {
  try {
    const bytes = Uint8Array.from(atob(token.split('.')[1].replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0));
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return null;
  }
}
