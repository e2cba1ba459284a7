'use client';
import { useState } from 'react';

export function Orders() {
  const [loading, setLoading] = useState(false);
  const [orders, setOrders] = useState(null);
  const [ended, setEnded] = useState(false);
  const [problem, setProblem] = useState('');

  async function load() {
    setLoading(true);
    setProblem('');
    try {
      const answer = await fetch('/api/orders');
      if (answer.status === 401) {
        setEnded(true);
        setOrders(null);
        return;
      }
      if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
      setOrders((await answer.json()).orders);
    } catch (err) {
      setProblem(`Your orders could not be loaded (${err.message}). Try again in a moment.`);
    } finally {
      setLoading(false);
    }
  }

  if (ended) return <p role="status">Your session has ended. <a href="/auth/login">Log in</a> again.</p>;
  return (
    <section>
      <h1>Orders</h1>
      <button onClick={load} disabled={loading}>{loading ? 'Loading…' : 'Load orders'}</button>
      {problem && <p role="alert">{problem}</p>}
      {orders && <ul>{orders.map((order) => <li key={order.number}>{order.number}: {order.what}</li>)}</ul>}
    </section>
  );
}
