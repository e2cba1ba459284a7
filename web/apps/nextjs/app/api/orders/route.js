import { NextResponse } from 'next/server';
import { auth0 } from '../../../lib/auth0.js';

// After these only a login helps. The tenant's own error is in the cause of a refresh that failed.
const ENDED = [
  'missing_session', 'missing_refresh_token', 'invalid_grant', 'login_required', 'consent_required', 'interaction_required',
  'mfa_required', 'access_denied', 'unauthorized', 'unauthorized_client',
];

// The browser never sees a token: this server asks the API with the one of the session, which the SDK renews when it has expired.
export async function GET() {
  try {
    const { token } = await auth0.getAccessToken();
    const answer = await fetch(`${process.env.API}/orders`, { headers: { Authorization: `Bearer ${token}` } });
    return NextResponse.json(await answer.json(), { status: answer.ok ? 200 : 502 });
  } catch (err) {
    const ended = [err.code, err.cause?.code].some((code) => ENDED.includes(code));
    return NextResponse.json({ error: err.code ?? 'server_error' }, { status: ended ? 401 : 502 });
  }
}
