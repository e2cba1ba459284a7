import { useState } from 'react';
import { useAuth0 } from '@auth0/auth0-react';

const ORDERS = `${import.meta.env.VITE_API}/orders`;

// After these errors only a login helps.
const ENDED = [
  'login_required', 'consent_required', 'interaction_required', 'account_selection_required', 'mfa_required',
  'invalid_grant', 'missing_refresh_token', 'access_denied', 'unauthorized', 'unauthorized_client',
];

export function Orders({ onSessionEnded }) {
  const { getAccessTokenSilently } = useAuth0();
  const [loading, setLoading] = useState(false);
  const [orders, setOrders] = useState(null);
  const [problem, setProblem] = useState('');

  async function ask(options) {
    const token = await getAccessTokenSilently(options);
    return fetch(ORDERS, { headers: { Authorization: `Bearer ${token}` } });
  }

  async function load() {
    setLoading(true);
    setProblem('');
    try {
      let answer = await ask();
      if (answer.status === 401) answer = await ask({ cacheMode: 'off' }); // revoked, or a clock is wrong: once with a new token
      if (!answer.ok) throw new Error(`the API answered ${answer.status}`);
      setOrders((await answer.json()).orders);
    } catch (err) {
      if (ENDED.includes(err.error)) onSessionEnded();
      else setProblem(`Your orders could not be loaded (${err.message}). Try again in a moment.`);
    } finally {
      setLoading(false);
    }
  }

  return (
    <section>
      <h1>Orders</h1>
      <button onClick={load} disabled={loading}>{loading ? 'Loading…' : 'Load orders'}</button>
      {problem && <p role="alert">{problem}</p>}
      {orders && <ul>{orders.map((order) => <li key={order.number}>{order.number}: {order.what}</li>)}</ul>}
    </section>
  );
}
