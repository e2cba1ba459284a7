// Verdicts on the claims of a token: as an SDK, or an API, judges them when the token arrives (OpenID Connect Core 3.1.3.7).

import { plain } from './dom.js';
import { moment, span } from './time.js';

// judged are header and claims of a token's event, each with a word; good is true, false or, where nobody judges, undefined.
export function judged(event, exchange, now) {
  const d = event.details ?? {};
  if (d.unreadable) return [{ name: 'form', value: `${d.bytes ?? 0} bytes`, word: 'is not three parts of base64url that hold JSON', good: false }];
  const asked = exchange.map((one) => one.kind === 'request' && one.details?.query).find((query) => query?.client_id) || {};
  const id = d.token === 'id_token';
  const at = Date.parse(event.date);
  const out = [{ name: 'alg', value: d.alg || 'none', ...by(d.verifies) }, { name: 'kid', value: d.kid || 'none', word: d.kid ? '' : 'no key is named', good: d.kid ? undefined : false }];
  const claims = d.claims ?? {};
  for (const [name, value] of Object.entries(claims)) {
    out.push({ name, value: /^(exp|iat|nbf|auth_time)$/.test(name) ? String(value) : plain(value), ...claim(name, value, { d, event, asked, id, at, now }) });
  }
  for (const name of id ? ['iss', 'sub', 'aud', 'exp', 'iat'] : ['iss', 'aud', 'exp']) {
    if (!(name in claims)) out.push({ name, value: '', word: 'is missing', good: false });
  }
  if (id && asked.nonce && !('nonce' in claims)) out.push({ name: 'nonce', value: '', word: 'is missing; the request had one', good: false });
  return out;
}

function by(verifies) {
  if (verifies === 'key') return { word: 'the signature verifies by a key of the tenant', good: true };
  if (verifies === 'secret') return { word: "verifies by the client's secret" };
  return { word: 'the signature does not verify', good: false };
}

function claim(name, value, { d, event, asked, id, at, now }) {
  const ok = (word) => ({ word, good: true });
  const bad = (word) => ({ word, good: false });
  switch (name) {
    case 'exp': {
      const until = value * 1000;
      if (!(until > at)) return bad(`had expired ${span(at - until)} before it was sent, at ${moment(until)}`);
      return until > now ? ok(`expires at ${moment(until)}, in ${span(until - now)}`) : { word: `expired at ${moment(until)}, ${span(now - until)} ago` };
    }
    case 'iat': return value * 1000 > at + 1000 ? bad(`${moment(value * 1000)}, ${span(value * 1000 - at)} in the future`) : ok(moment(value * 1000));
    case 'nbf': return value * 1000 > at ? bad(`not valid before ${moment(value * 1000)}`) : ok(moment(value * 1000));
    case 'auth_time': return { word: `the person logged in at ${moment(value * 1000)}` };
    case 'iss': return !d.issuer || value === d.issuer ? ok('the tenant that was asked') : bad(`the app asked ${d.issuer}`);
    case 'aud': {
      const all = [value].flat();
      if (!id) return !asked.audience || all.includes(asked.audience) ? { word: 'the API that was asked for', good: asked.audience ? true : undefined } : bad(`the app asked for ${asked.audience}`);
      if (!all.includes(event.client_id)) return bad(`the app is ${event.client_id}`);
      return Array.isArray(value) ? bad('is a list, which old SDKs refuse') : ok('the app that asked');
    }
    case 'azp': return value === event.client_id ? ok('the app that asked') : bad(`the app is ${event.client_id}`);
    case 'sub': return !event.user_id || value === event.user_id ? ok(event.user_name ?? 'the person of the session') : bad(`the session is of ${event.user_id}`);
    case 'nonce':
      if (!asked.nonce) break;
      return value === asked.nonce ? ok('that of the request') : bad('is not that of the request');
    case 'at_hash': return d.at_hash_wrong ? bad('is not that of the access token beside it') : ok('that of the access token beside it');
    case 'org_id': return asked.organization?.startsWith('org_') && asked.organization !== value ? bad(`the app asked for ${asked.organization}`) : { word: '' };
  }
  return { word: '' };
}
