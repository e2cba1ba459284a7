// What is behind a mark or a bar: the diagnosis, the exchange step by step, and its tokens with a verdict for each claim.

import { ask, get } from './api.js';
import { button, el, pairs, plain, say, still } from './dom.js';
import { barKinds } from './model.js';
import { judged } from './verdict.js';
import { hour, moment, span, valid } from './time.js';

const whatFailed = { silent: 'Silent renewal', refresh: 'Refresh', login: 'Request from a frame', absence: 'Renewal that was due' };

// why a session could not be used, for people; the words are those of the events.
const unusable = {
  no_cookie: 'The browser sent no session cookie.', bad_signature: 'The cookie is not of this tenant.',
  unknown: 'The tenant has no such session any more.', idle_expired: 'Nobody used the session for too long.',
  absolute_expired: 'The session reached the end of its life.', prompt: 'The request asks for a new login (prompt=login).',
  max_age: 'The last login is older than max_age.', id_token_hint: 'id_token_hint names another user.',
};

export class Detail {
  // showEvent opens an event of the log by its number.
  constructor({ root, model, now, showEvent }) {
    Object.assign(this, { root, model, now, showEvent, turn: 0 });
  }

  // open shows an item of the timeline, or an event.
  async open(item) {
    const turn = ++this.turn;
    this.item = item;
    if (item.items?.length > 1) {
      this.show(`${item.items.length} marks`, el('ul', { class: 'choices' }, item.items.slice(-60).map((one) =>
        el('li', {}, el('button', { type: 'button', class: 'link', onclick: () => this.open({ ...one, items: undefined }) },
          `${hour(one.at ?? one.from)} ${one.title ?? barKinds[one.kind]}`)))));
      return;
    }
    if (item.kind === 'move') {
      this.show('The clock was moved', pairs([['At', moment(item.at)], ['By', span(item.by)], ['Since then', item.frozen ? 'frozen' : 'it runs']]));
      return;
    }
    if (item.kind === 'family') {
      this.show('Refresh token', this.family(item));
      return;
    }
    if (item.state === 'missing') {
      this.show(item.title, el('p', {}, `The access token expired at ${moment(item.at)}, ${span(this.now() - item.at)} ago, and the app has not asked for ` +
        'a new one since. That is no failure while its page is closed.'), button('A page is open: tell me when no renewal comes', async () => {
        await ask('POST', '/expectations', { client: item.lane.client });
        say('The tenant expects a renewal before the next token expires.');
      }));
      return;
    }
    const id = item.request;
    const [said, events] = await Promise.all([this.diagnoses(item), id ? this.exchange(id) : []]);
    if (turn !== this.turn) return; // something else was opened meanwhile
    this.show(item.title ?? barKinds[item.kind], this.about(item, said), said.map((one) => this.diagnosis(one)), steps(events),
      tokens(events, this.now()), this.raw(events));
  }

  async diagnoses(item) {
    if (item.diagnosis) return [item.diagnosis];
    if (!item.request || item.state !== 'failed') return [];
    const { diagnoses } = await get(`/diagnoses?request=${encodeURIComponent(item.request)}`);
    return diagnoses;
  }

  // exchange is what the tenant wrote down of a request, and of the authorization request whose code it exchanges.
  async exchange(id) {
    const { events } = await get(`/events?request=${encodeURIComponent(id)}`);
    const asked = events.find((event) => event.details?.asked_by)?.details.asked_by;
    if (!asked || asked === id) return events;
    return [...(await get(`/events?request=${encodeURIComponent(asked)}`)).events, ...events];
  }

  show(title, ...content) {
    still(() => this.root.replaceChildren(el('h2', { id: 'detail-title', tabindex: -1 }, title), ...content.flat(9).filter(Boolean)));
    this.root.scrollTop = 0;
  }

  about(item, said) {
    const facts = [['When', moment(item.at ?? item.from, 3)]];
    if (item.to !== undefined) facts.push(['Until', valid(item.to) ? `${moment(item.to)}, ${item.to > this.now() ? `in ${span(item.to - this.now())}` : `${span(this.now() - item.to)} ago`}` : 'no end']);
    if (item.ended) facts.push(['Ended', item.ended]);
    if (item.absolute) facts.push(['At the latest', moment(item.absolute)]);
    if (item.late) facts.push(['Too late by', span(item.late)]);
    if (item.faults) facts.push(['Faults', 'One that you armed acted on this request.']);
    if (item.state === 'failed' && !said.length) facts.push(['Why', 'The tenant has no diagnosis for this request.']);
    return pairs(facts);
  }

  diagnosis(one) {
    return el('section', { class: 'item bad' },
      el('p', { class: 'dim' }, `${whatFailed[one.kind] ?? one.kind}: ${one.outcome}${one.app ? `; the app said: ${one.app}` : ''}`),
      one.causes.map((cause, i) => (i ? el('details', {}, el('summary', {}, `Or: ${cause.title} (${cause.code}, ${cause.confidence})`), this.cause(cause))
        : [el('h3', {}, cause.title, ' ', el('span', { class: 'dim' }, `(${cause.code}, ${cause.confidence})`)), this.cause(cause)])));
  }

  cause(cause) {
    return [
      el('ul', {}, cause.evidence.map(({ seq, text }) => el('li', {},
        seq ? el('button', { type: 'button', class: 'link', onclick: () => this.showEvent(seq) }, text) : text))),
      pairs([['Why', cause.why], ['Remedy', cause.remedy], ['Read', link(cause.read)],
        ['Again', cause.scenario && el('code', {}, `mockauth0 reproduce ${cause.scenario}`)]]),
    ];
  }

  family({ listed: one, from, to, ended }) {
    const over = ['Ended', ended && `${moment(to)}, ${ended}`];
    if (!one) return pairs([['First seen', moment(from)], over]);
    return pairs([['Issued', one.created_at], over, ['Unused until', one.idle_expires_at ?? 'no end'], ['At the latest', one.expires_at ?? 'no end'],
      ['Rotates', one.rotating ? 'yes' : 'no'], ['Last exchanged', one.last_exchanged_at ?? 'never'], ['Audience', one.audience], ['Scope', one.scope]]);
  }

  raw(events) {
    if (!events.length) return '';
    return el('details', {}, el('summary', {}, `The ${events.length} events of this exchange`),
      events.map((event) => el('button', { type: 'button', class: 'link', onclick: () => this.showEvent(event.seq) },
        `#${event.seq} ${event.kind} ${event.type ?? ''} ${event.description ?? ''}`)));
  }

  // event shows one of the log as it is.
  event(event) {
    this.turn++;
    this.show(`Event #${event.seq}: ${event.kind}`,
      pairs([['When', moment(Date.parse(event.date), 3)], ['Real time', moment(Date.parse(event.wall), 3)], ['Type', event.type],
        ['What', event.description], ['Endpoint', event.endpoint], ['Client', event.client_name ?? event.client_id],
        ['Person', event.user_name ?? event.user_id], ['Connection', event.connection]]),
      event.request_id && el('p', {}, el('button', { type: 'button', class: 'link', onclick: () => this.request(event.request_id) },
        'The whole exchange')),
      el('pre', {}, JSON.stringify(event.details ?? {}, null, 2)));
  }

  request(id) {
    for (const lane of this.model.lanes.values()) {
      const mark = lane.marks.find((one) => one.request === id);
      if (mark) return this.open(mark);
    }
    return this.open({ request: id, title: 'Exchange', at: NaN, state: 'failed' });
  }
}

export function link(address) {
  if (!/^https?:\/\//.test(address ?? '')) return address;
  return el('a', { href: address, target: '_blank', rel: 'noreferrer noopener' }, address);
}

// who asked: a hidden frame, a script, or the browser itself.
function asker(details) {
  const origin = details.origin && details.origin !== 'null' ? details.origin : (details.referer ?? '').replace(/^(https?:\/\/[^/]*).*/, '$1');
  const page = origin ? ` of ${origin}` : '';
  return { iframe: `A frame in a page${page}`, document: `The browser, in the address bar's page${page && `, from one${page}`}`,
    empty: `A script${page}` }[details.fetch_dest] ?? (origin ? `A client at ${origin}` : 'A client');
}

// steps are the exchange as the parties saw it: app, browser, tenant, silent page.
function steps(events) {
  const out = [];
  const step = (party, at, ...content) => out.push(el('li', { class: `step ${party}` },
    el('span', { class: 'party' }, party, ' ', el('time', {}, hour(Date.parse(at), 3))), el('div', {}, content)));
  for (const event of events) {
    const d = event.details ?? {};
    switch (event.kind) {
      case 'request':
        step('App', event.date, el('p', {}, `${asker(d)} asked: `, el('code', {}, `${d.method} ${d.path}`)),
          d.query && el('details', {}, el('summary', {}, `Parameters (${Object.keys(d.query).length})${d.query.prompt ? `, prompt=${plain(d.query.prompt)}` : ''}`),
            pairs(Object.entries(d.query))));
        step('Browser', event.date, el('p', {}, cookies(event, d)));
        break;
      case 'session':
        step('Tenant', event.date, el('p', {}, d.change === 'begun' ? 'A session began.' : `${event.description}. ${unusable[d.why] ?? d.why ?? ''}`));
        break;
      case 'log':
        step('Tenant', event.date, el('p', { class: /^f|^api_limit/.test(event.type) ? 'bad' : '' }, `Log ${event.type}: ${event.description}`),
          pairs([['Error', d.error], ['Reason', d.why ?? d.reason], ['Grant', d.grant], ['Scope', d.scope]]));
        break;
      case 'fault':
        step('Tenant', event.date, el('p', {}, `${event.description}: ${d.name ?? d.fault} ${d.did ?? ''}`));
        break;
      case 'policy':
        step('Tenant', event.date, el('p', {}, `${event.description}${d.by ? ` (${d.by})` : ''} ${d.text ?? ''}`));
        break;
      case 'response':
        step('Tenant', event.date, el('p', { class: d.status >= 400 || d.error ? 'bad' : '' }, 'Answered ', el('code', {}, `${d.status} ${event.description ?? ''}`),
          d.error ? ` ${d.error}: ${d.error_text ?? ''}` : ''), pairs([['To', d.location], ['Sets cookies', d.set_cookies], ['Body', d.body],
          ['Takes', d.took_ms && span(d.took_ms)], ['Allows the origin', d.allow_origin], ['Note', d.note]]));
        if (d.mode || d.to !== undefined) {
          step('Page', event.date, el('p', {}, d.mode === 'web_message'
            ? `The frame posts ${d.posts === 1 ? 'its message' : `${d.posts ?? 0} messages`} to ${d.to || 'nobody'}.` : `It is sent by ${d.mode}.`),
          pairs(Object.entries(d.response ?? {})));
        }
        break;
      case 'no_answer':
        step('Browser', event.date, el('p', { class: 'bad' }, event.description ?? 'There was no answer.'));
        break;
    }
  }
  return out.length ? [el('h3', {}, 'Exchange'), el('ol', { class: 'steps' }, out)] : '';
}

// cookies says whether the session's came along, and why not.
function cookies(event, d) {
  if (d.cookies === undefined) return 'Which cookies it sent is not known.';
  const session = d.cookies.find((name) => name === 'auth0' || name === 'auth0_compat');
  if (session) return `It sent the session cookie (${session}).`;
  const others = d.cookies.length ? `It sent ${d.cookies.join(', ')}, and no session cookie` : 'It sent no cookie';
  if (d.storage_access === 'none') return `${others}: it withholds third-party cookies here (Sec-Fetch-Storage-Access: none).`;
  if (d.fetch_dest === 'empty') return `${others}. A script's request to this endpoint carries none.`;
  return `${others}.`;
}

function tokens(events, now) {
  return events.filter((event) => event.kind === 'token').map((event) => {
    const claims = judged(event, events, now);
    return el('section', {}, el('h3', {}, `Token: ${event.details?.token}`),
      el('div', { class: 'scroll', tabindex: 0, role: 'group', 'aria-label': `Claims of the ${event.details?.token}` }, el('table', { class: 'claims' },
        el('caption', { class: 'unseen' }, 'Claims and what they mean'),
        el('thead', {}, el('tr', {}, ['Claim', 'Value', 'Verdict'].map((head) => el('th', { scope: 'col' }, head)))),
        el('tbody', {}, claims.map(({ name, value, word, good }) => el('tr', {}, el('th', { scope: 'row' }, name), el('td', {}, value),
          el('td', { class: good === false ? 'bad' : good ? 'good' : 'dim' }, word)))))));
  });
}

