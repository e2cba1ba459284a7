import { current, logIn, logOut, manager, renew } from './session.js';
import { onLogoutElsewhere, tellLogout } from './tabs.js';
import './app.css';

const ORDERS = `${import.meta.env.VITE_API}/orders`;
const el = (id) => document.getElementById(id);

// After these errors only a login helps.
const ENDED = [
  'login_required', 'consent_required', 'interaction_required', 'account_selection_required', 'mfa_required',
  'invalid_grant', 'access_denied', 'unauthorized', 'unauthorized_client',
];

async function show(notice = '', problem = '') {
  const user = await manager.getUser();
  el('user').textContent = user?.profile.name ?? '';
  el('notice').textContent = notice;
  el('login-problem').textContent = problem;
  el('signed-in').hidden = !user;
  el('signed-out').hidden = Boolean(user);
  if (!user) el('orders').replaceChildren();
}

async function end(notice) {
  await manager.removeUser();
  await show(notice);
}

// failed ends the session when the tenant refused to renew it, and reports anything else.
async function failed(err) {
  if (ENDED.includes(err.error)) await end('Your session has ended. Log in again.');
  else el('problem').textContent = `Your orders could not be loaded (${err.message}). Try again in a moment.`;
}

async function ask(user) {
  return fetch(ORDERS, { headers: { Authorization: `Bearer ${user.access_token}` } });
}

async function load() {
  el('load').disabled = true;
  el('problem').textContent = '';
  try {
    const user = await current();
    if (!user) return await show();
    let answer = await ask(user);
    if (answer.status === 401) answer = await ask(await renew()); // revoked, or a clock is wrong: once with a new token
    if (!answer.ok) throw new Error(`the API answered ${answer.status}`);
    const { orders } = await answer.json();
    if (!await manager.getUser()) return; // logged out meanwhile
    el('orders').replaceChildren(...orders.map((order) => {
      const line = document.createElement('li');
      line.textContent = `${order.number}: ${order.what}`;
      return line;
    }));
  } catch (err) {
    await failed(err);
  } finally {
    el('load').disabled = false;
  }
}

el('log-in').addEventListener('click', logIn);
el('load').addEventListener('click', load);
el('log-out').addEventListener('click', () => {
  tellLogout();
  logOut();
});
onLogoutElsewhere(() => end('You logged out in another tab.'));
manager.events.addAccessTokenExpiring(keep);

// keep renews, and tries again a minute later while that fails for a reason that passes.
function keep() {
  renew().catch((err) => {
    if (ENDED.includes(err.error)) return failed(err);
    setTimeout(async () => { if ((await manager.getUser())?.expires_in < 60) keep(); }, 60_000);
  });
}

const answer = new URLSearchParams(window.location.search);
let problem = '';
if (answer.has('state') && (answer.has('code') || answer.has('error'))) {
  try {
    await manager.signinCallback();
  } catch (err) {
    problem = `The login failed: ${err.message}`;
  }
}
window.history.replaceState(null, '', window.location.pathname);
await show('', problem);
