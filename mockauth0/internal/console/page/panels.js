// The panels below the timeline: what a person can change, the inbox, the event log, and what can be taken along.

import { ask, download, get } from './api.js';
import { busy, button, by, el, redraw, save, say, still, table, twice } from './dom.js';
import { show } from './mail.js';
import { moment } from './time.js';

const tabs = [['faults', 'Failures'], ['sessions', 'Sessions'], ['people', 'People'], ['inbox', 'Inbox'], ['events', 'Events'], ['keys', 'Keys'], ['export', 'Export']];

// What the next renewal can fail with. Each is a fault, as a file or a program would arm it.
const cut = { connection: 'reset' };
const both = [['no answer', { hang: true }], ['503 from a gateway', { status: 503 }], ['429, too many requests', { status: 429, retry_after: '30s' }],
  ['the connection breaks off', cut], ['an ID token with another nonce', { claims: { set: { nonce: 'other' } } }],
  ['a broken signature', { token: { signature: 'broken' } }]];
const failures = [
  ['The next silent renewal (hidden frame)', { endpoint: 'authorize', prompt: 'none' }, [
    ...['login_required', 'consent_required', 'interaction_required'].map((error) => [error, { error }]),
    ['the session is lost', { session: 'lost' }], ['an answer after 70 s', { latency: '70s' }], ['a wrong state', { state: 'wrong' }],
    ['a message to another origin', { target_origin: 'https://other.example' }],
    ['X-Frame-Options: DENY', { headers: { set: { 'X-Frame-Options': 'DENY' } } }], ...both,
  ]],
  ['The next exchange of a refresh token', { endpoint: 'token', grant: 'refresh_token' }, [
    ['invalid_grant', { error: 'invalid_grant' }], ['the refresh token is gone', { refresh_token: 'gone' }],
    ['rotated, and the answer is lost', { ...cut, at: 'after' }], ['an answer after 15 s', { latency: '15s' }], ['a truncated body', { body: 'truncated' }],
    ['no CORS header', { headers: { remove: ['Access-Control-Allow-Origin'] } }], ...both,
  ]],
];

export class Panels {
  constructor({ model, controls, changed, clear }) {
    Object.assign(this, { model, controls, changed, clear, shown: () => {}, lists: { sessions: [], families: [] }, drawn: {} });
    this.at = {};
    this.tab = {};
    for (const [id, label] of tabs) {
      this.tab[id] = el('button', { type: 'button', role: 'tab', id: `tab-${id}`, 'aria-controls': `panel-${id}`, onclick: () => this.choose(id) }, label);
      this.at[id] = el('div', { role: 'tabpanel', id: `panel-${id}`, 'aria-labelledby': `tab-${id}`, tabindex: 0 });
    }
    by('tabs').append(...Object.values(this.tab));
    by('panels').append(...Object.values(this.at));
    by('tabs').addEventListener('keydown', (event) => this.key(event));
    this.makeFailures();
    this.makeEvents();
    this.makeExport();
    this.choose(tabs.some(([id]) => `#${id}` === location.hash) ? location.hash.slice(1) : 'faults', true);
  }

  choose(id, quiet) {
    this.chosen = id;
    for (const [one] of tabs) {
      this.tab[one].setAttribute('aria-selected', String(one === id));
      this.tab[one].tabIndex = one === id ? 0 : -1;
      this.at[one].hidden = one !== id;
    }
    if (quiet) return;
    history.replaceState(null, '', `#${id}`);
    this.drawn = {};
    this.draw(this.lists);
    this.shown();
  }

  key(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const at = tabs.findIndex(([id]) => id === this.chosen);
    const next = tabs[(at + step + tabs.length) % tabs.length][0];
    this.choose(next);
    this.tab[next].focus();
  }

  makeFailures() {
    const what = el('select', { id: 'failure' }, failures.map(([group, , list], g) =>
      el('optgroup', { label: group }, list.map(([label], i) => el('option', { value: `${g}.${i}` }, label)))));
    const times = el('select', { id: 'times' }, [['1', 'once'], ['2', 'twice'], ['3', 'three times'], ['0', 'until it is cleared']].map(([value, label]) =>
      el('option', { value }, label)));
    this.client = el('select', { id: 'client' }, el('option', { value: '' }, 'any client'));
    const go = el('button', { class: 'main' }, 'Arm it');
    this.at.faults.append(el('form', { class: 'form', onsubmit: (event) => {
      event.preventDefault();
      busy(go, () => this.arm(what.value, Number(times.value), this.client.value));
    } }, el('div', {}, el('label', { for: 'failure' }, 'The next renewal fails with'), what), el('div', {}, el('label', { for: 'times' }, 'How often'), times),
    el('div', {}, el('label', { for: 'client' }, 'Of'), this.client), go), this.catalogue = el('div'));
  }

  // scenarios are failures of the catalogue, by subject.
  scenarios() {
    const all = this.controls.scenarios;
    if (!all) return;
    this.once('scenarios', all, () => {
      const open = new Set([...this.catalogue.querySelectorAll('details[open]')].map((one) => one.dataset.group));
      redraw(this.catalogue, el('h3', {}, 'Scenarios'), ...[...new Set(all.map((one) => one.group))].map((group) => {
        const own = all.filter((one) => one.group === group);
        return el('details', { open: open.has(group), 'data-group': group }, el('summary', {}, `${group} (${own.length})`),
          own.map((one) => el('p', { class: 'scenario' }, button(one.armed ? 'Clear' : 'Arm', () => this.put(one),
            { 'aria-label': `${one.armed ? 'Clear' : 'Arm'} ${one.title}` }), el('span', {}, el('b', {}, one.title), ' ', el('span', { class: 'dim' }, one.symptom)))));
      }));
    });
  }

  async put({ id, armed, title }) {
    const client = this.client.value || undefined;
    const { left } = await ask(armed ? 'DELETE' : 'PUT', `/scenarios/${id}`, armed ? undefined : { client });
    say(armed ? `Cleared: ${title}` : `Armed: ${title}. ${left?.length ? `Left for you: ${left.join('; ')}.` : ''}`);
    await this.controls.listScenarios(true);
    this.changed();
  }

  async arm(which, times, client) {
    const [g, i] = which.split('.');
    const [group, when, list] = failures[g];
    const [name, effect] = list[i];
    await ask('POST', '/faults', { name, when: { ...when, ...(client && { client }) }, do: effect, ...(times && { times }) });
    say(`Armed: ${group.replace('The', 'the')} gets ${name}.`);
    this.changed();
  }

  makeEvents() {
    this.search = el('input', { type: 'search', id: 'search', placeholder: 'words, ids, codes' });
    this.kinds = el('fieldset', {}, el('legend', { class: 'unseen' }, 'Kinds of events'),
      ['request', 'response', 'no_answer', 'log', 'session', 'token', 'fault', 'clock', 'mail', 'policy', 'grant', 'config', 'refresh_token', 'handshake', 'overflow', 'gap'].map((kind) =>
        el('label', {}, el('input', { type: 'checkbox', value: kind, checked: true }), kind.replace('_', ' '))));
    this.count = el('p', { class: 'dim', id: 'count' });
    this.events = el('div', { id: 'log' });
    this.at.events.append(el('div', { class: 'form' }, el('div', {}, el('label', { for: 'search' }, 'Only events with'), this.search),
      button('Clear the view', () => this.clear(), { title: 'Forgets what this page shows; the tenant keeps its events' })),
    el('details', {}, el('summary', {}, 'Kinds'), this.kinds), this.count, this.events);
  }

  makeExport() {
    const file = (label, text, path, name) => el('div', { class: 'item' }, button(label, async () => save(name, await download(path))), el('p', { class: 'dim' }, text));
    this.at.export.append(
      file('Recording (HAR)', 'What the tenant was asked and answered, without tokens, codes and cookies. `mockauth0 import har` reads it.', '/har', 'mockauth0.har'),
      file('Scenario', 'What just happened, to be played again: the faults that acted, what was done to the tenant, the renewal that failed. `mockauth0 reproduce FILE` and `serve --scenario FILE` take it.', '/scenario', 'what-happened.yaml'),
      file('Events (JSON)', 'Everything that the tenant still keeps.', '/events', 'events.json'),
      file('Diagnoses (JSON)', 'Why renewals failed.', '/diagnoses', 'diagnoses.json'),
      file('Snapshot of the tenant', 'Its whole state, to be restored later. It holds keys and passwords: keep it to yourself.', '/snapshot', 'snapshot.json'));
  }

  // draw shows what the tenant lists, in the panel that is open.
  draw(lists) {
    this.lists = lists;
    const clients = [...new Map([...this.model.lanes.values()].map((lane) => [lane.client, lane.name])).entries()].filter(([id]) => id);
    this.once('clients', clients, () => {
      const kept = this.client.value;
      this.client.replaceChildren(el('option', { value: '' }, 'any client'), ...clients.map(([id, name]) => el('option', { value: id }, name)));
      this.client.value = kept;
    });
    if (this.chosen === 'faults') this.scenarios();
    if (this.chosen === 'sessions') this.once('sessions', lists, () => this.sessions());
    if (this.chosen === 'people' && !this.drawn.people) this.load(this.people);
    if (this.chosen === 'keys' && !this.drawn.keys) this.load(this.keys);
    if (this.chosen === 'inbox') this.load(this.mails);
  }

  // load runs what asks the tenant for a panel.
  load(task) {
    task.call(this).catch((failure) => say(failure.message, true));
  }

  // once draws only what has changed, so that the focus stays.
  once(what, data, make) {
    const text = JSON.stringify(data);
    if (this.drawn[what] === text) return;
    this.drawn[what] = text;
    make();
  }

  sessions() {
    const { sessions, families } = this.lists;
    const who = (id) => this.model.names.get(id) ?? id;
    const client = (id) => [...this.model.lanes.values()].find((lane) => lane.client === id)?.name ?? id;
    const when = (text) => text ? moment(Date.parse(text)) : 'never';
    const list = (title, path, all, verb, ended, none) => [
      el('h3', {}, title), table(title, ['Person', 'Client', 'Since', 'Idle until', 'Ends at the latest', ''], all.map((one) => [who(one.user_id),
        (one.clients ?? [one.client_id]).map(client).join(', ') || '–', when(one.created_at), when(one.idle_expires_at), when(one.expires_at),
        this.ends(path, one.id, `the ${title.slice(0, -1).toLowerCase()} of ${who(one.user_id)}`, verb)]), none),
      all.length ? button(`${verb} all ${title.toLowerCase()}`, () => this.does('DELETE', path, undefined, ended)) : ''];
    redraw(this.at.sessions, ...[
      list('Sessions', '/sessions', sessions, 'End', 'All sessions have ended.', 'Nobody is logged in.'),
      list('Refresh tokens', '/refresh-tokens', families, 'Revoke', 'All refresh tokens are revoked.', 'There is no refresh token.')].flat().filter(Boolean));
  }

  ends(path, id, what, verb) {
    const at = `${path}/${encodeURIComponent(id)}`;
    return el('span', { class: 'buttons' },
      button(verb, () => this.does('DELETE', at, undefined, 'It is over.'), { 'aria-label': `${verb} ${what}` }),
      button('Expire', () => this.does('POST', `${at}/expire`, { kind: 'idle' }, 'It was not used for too long.'), { 'aria-label': `Let ${what} expire` }));
  }

  async does(method, path, body, said) {
    await ask(method, path, body);
    say(said);
    this.drawn = {};
    this.changed();
  }

  async people() {
    this.drawn.people = true;
    const { users } = await get('/users');
    const name = (user) => user.email || user.username || user.user_id;
    for (const user of users) this.model.names.set(user.user_id, name(user));
    redraw(this.at.people, el('p', { class: 'dim' }, '“Log in” gives this browser the session cookie of the person, without a page: an app in it finds them logged in.'),
      table('People', ['Name', 'Connection', 'State', ''], users.map((user) => [name(user), user.connection, user.blocked ? 'blocked' : '',
        el('span', { class: 'buttons' },
          button('Log in', () => this.does('POST', '/sessions', { user: user.user_id }, `This browser has a session of ${name(user)} now.`), { 'aria-label': `Log in as ${name(user)}` }),
          button(user.blocked ? 'Unblock' : 'Block', () => this.does('PATCH', `/users/${encodeURIComponent(user.user_id)}`, { blocked: !user.blocked }, `${name(user)} is ${user.blocked ? 'not blocked any more' : 'blocked'}.`),
            { 'aria-label': `${user.blocked ? 'Unblock' : 'Block'} ${name(user)}` }),
          twice('Delete', 'Press again', () => this.does('DELETE', `/users/${encodeURIComponent(user.user_id)}`, undefined, `${name(user)} is deleted.`), { 'aria-label': `Delete ${name(user)}` }))]),
      'The tenant has no users.'), this.newUser());
  }

  newUser() {
    const email = el('input', { type: 'email', id: 'new-email', required: true, autocomplete: 'off' });
    const password = el('input', { id: 'new-password', required: true, autocomplete: 'off' });
    const go = el('button', {}, 'Add the user');
    return el('form', { class: 'form', onsubmit: (event) => {
      event.preventDefault();
      busy(go, () => this.does('POST', '/users', { email: email.value, password: password.value }, `${email.value} can log in now.`));
    } }, el('div', {}, el('label', { for: 'new-email' }, 'E-mail address'), email), el('div', {}, el('label', { for: 'new-password' }, 'Password'), password), go);
  }

  async keys() {
    this.drawn.keys = true;
    const { keys } = await get('/keys');
    redraw(this.at.keys, table('Signing keys', ['Key id', 'State', ''], keys.map((key) => [el('code', {}, key.kid),
      key.revoked ? 'revoked' : key.current ? 'signs' : key.next ? 'next' : key.previous ? 'previous' : '',
      key.previous && !key.revoked ? button('Revoke', () => this.does('PUT', `/keys/${encodeURIComponent(key.kid)}/revoke`, {}, 'The key is revoked: tokens of it are good no more.'),
        { 'aria-label': `Revoke the key ${key.kid}` }) : '']), 'There is no key.'),
    button('Rotate the keys', () => this.does('POST', '/keys/rotate', {}, 'The next key signs from now on.')));
  }

  // tellMail says at the tab that there is a new mail. The tab's name stays: people and tests find it by that.
  tellMail(unread) {
    this.tab.inbox.replaceChildren('Inbox', unread ? el('span', { 'aria-hidden': 'true' }, ' ●') : '');
    this.tab.inbox.title = unread ? 'New mail' : '';
  }

  // mails are listed anew when one has come.
  async mails() {
    const newest = this.model.events.findLast(({ event }) => event.kind === 'mail')?.event.seq ?? 0;
    if (newest !== this.newestMail) this.tellMail(newest);
    this.newestMail = newest;
    if (this.chosen !== 'inbox' || this.drawn.mails === newest) return;
    this.drawn.mails = newest;
    this.tellMail(0);
    const { mails } = await get('/mails');
    const key = ({ seq, date }) => `${seq} ${date}`;
    const made = new Map([...this.at.inbox.children].map((one) => [one.dataset.mail, one])); // stays: what a person has open in it, too
    const all = mails.slice(0, 30).map((mail, i) => made.get(key(mail)) ?? show(mail, !i, key(mail)));
    if (!all.length) all.push(el('p', { class: 'dim' }, 'No mail yet. Mails about passwords, blocked accounts and second factors come here.'));
    still(() => {
      for (const old of made.values()) if (!all.includes(old)) old.remove();
      this.at.inbox.prepend(...all.filter((one) => !one.isConnected)); // the newest are first
    });
  }
}
