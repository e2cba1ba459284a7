const ORDERS = `${import.meta.env.VITE_API}/orders`;

// After these errors only a login helps.
const ENDED = [
  'login_required', 'consent_required', 'interaction_required', 'account_selection_required', 'mfa_required',
  'invalid_grant', 'missing_refresh_token', 'access_denied', 'unauthorized', 'unauthorized_client',
];

export function ended(err) {
  return ENDED.includes(err.error);
}

// loadOrders asks the API with a token that the SDK has or renews.
export async function loadOrders(auth0) {
  let answer = await ask(auth0);
  if (answer.status === 401) answer = await ask(auth0, { cacheMode: 'off' }); // revoked, or a clock is wrong: once with a new token
  if (!answer.ok) throw new Error(`the API answered ${answer.status}`);
  return (await answer.json()).orders;
}

async function ask(auth0, options) {
  const token = await auth0.getTokenSilently(options);
  return fetch(ORDERS, { headers: { Authorization: `Bearer ${token}` } });
}
