import { createAuth0Client } from '@auth0/auth0-spa-js';
import { ended, loadOrders } from './orders.js';
import { onLogoutElsewhere } from './tabs.js';
import './app.css';

const settings = import.meta.env;
const el = (id) => document.getElementById(id);
let who = null; // the sub of the person whose page this is

const auth0 = await createAuth0Client({
  domain: settings.VITE_AUTH0_DOMAIN,
  clientId: settings.VITE_AUTH0_CLIENT_ID,
  authorizationParams: { redirect_uri: window.location.origin, audience: settings.VITE_AUTH0_AUDIENCE },
  useRefreshTokens: true,
  cacheLocation: 'localstorage',
});

// show draws who is logged in. What belongs to nobody, or to the person before, is emptied.
async function show(notice = '', problem = '') {
  const user = await auth0.getUser();
  if (user?.sub !== who) forget();
  who = user?.sub ?? null;
  el('user').textContent = user?.name ?? '';
  el('notice').textContent = notice;
  el('login-problem').textContent = problem;
  el('signed-in').hidden = !user;
  el('signed-out').hidden = Boolean(user);
}

function forget() {
  el('problem').textContent = '';
  el('orders').replaceChildren();
}

async function load() {
  el('load').disabled = true;
  el('problem').textContent = '';
  const asked = who;
  try {
    const orders = await loadOrders(auth0);
    if (asked !== who) return; // logged out meanwhile
    el('orders').replaceChildren(...orders.map((order) => {
      const line = document.createElement('li');
      line.textContent = `${order.number}: ${order.what}`;
      return line;
    }));
  } catch (err) {
    if (ended(err)) {
      await auth0.logout({ openUrl: false });
      await show('Your session has ended. Log in again.');
    } else {
      el('problem').textContent = `Your orders could not be loaded (${err.message}). Try again in a moment.`;
    }
  } finally {
    el('load').disabled = false;
  }
}

el('log-in').addEventListener('click', () => auth0.loginWithRedirect());
el('load').addEventListener('click', load);
el('log-out').addEventListener('click', () => auth0.logout({ logoutParams: { returnTo: window.location.origin } }));
onLogoutElsewhere(settings.VITE_AUTH0_CLIENT_ID, () => show('You logged out in another tab.'));

const answer = new URLSearchParams(window.location.search);
let problem = '';
if (answer.has('state') && (answer.has('code') || answer.has('error'))) {
  try {
    await auth0.handleRedirectCallback();
  } catch (err) {
    problem = `The login failed: ${err.message}`;
  }
  window.history.replaceState(null, '', window.location.pathname);
}
await show('', problem);
