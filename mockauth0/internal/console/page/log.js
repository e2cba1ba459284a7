// The event log: a list that has elements for the rows in sight only.

import { el } from './dom.js';
import { hour } from './time.js';

const row = 28; // height in pixels, as in the style sheet
const beyond = 8; // rows above and below what is in sight

export class Log {
  constructor({ root, model, open, search, kinds, count }) {
    Object.assign(this, { root, model, open, count, words: [], off: new Set(), found: [], upTo: 0, base: 0, tail: true, focused: 0 });
    this.space = el('div', { class: 'space', role: 'list', 'aria-label': 'Events' });
    root.append(this.space);
    root.addEventListener('scroll', () => {
      this.tail = root.scrollTop + root.clientHeight > root.scrollHeight - row;
      this.draw();
    });
    root.addEventListener('keydown', (event) => this.key(event));
    search.addEventListener('input', () => { this.words = search.value.toLowerCase().split(/\s+/).filter(Boolean); this.refilter(); });
    kinds.addEventListener('change', (event) => {
      this.off[event.target.checked ? 'delete' : 'add'](event.target.value);
      this.refilter();
    });
    new ResizeObserver(() => this.draw()).observe(root);
  }

  refilter() {
    this.found = [];
    this.upTo = 0;
    this.draw();
  }

  fits({ event, text }) {
    if (this.off.has(event.kind)) return false;
    if (!this.words.length) return true;
    const low = text.toLowerCase();
    return this.words.every((word) => low.includes(word));
  }

  // catchUp filters what came since the last time, and forgets what the model has dropped.
  catchUp() {
    const { events, dropped } = this.model;
    if (dropped !== this.base) {
      this.upTo = Math.max(0, this.upTo - (dropped - this.base));
      this.base = dropped;
      const oldest = events[0]?.event.seq ?? Infinity;
      const gone = this.found.findIndex((one) => one.event.seq >= oldest);
      const lost = gone < 0 ? this.found.length : gone;
      this.found.splice(0, lost);
      this.focused = Math.max(0, this.focused - lost);
      if (!this.tail) this.root.scrollTop -= lost * row; // what a person reads stays where it is
    }
    if (this.upTo > events.length) { // it was cleared
      this.found = [];
      this.upTo = 0;
    }
    for (; this.upTo < events.length; this.upTo++) {
      if (this.fits(events[this.upTo])) this.found.push(events[this.upTo]);
    }
  }

  draw() {
    this.catchUp();
    const all = this.found.length;
    if (this.root.hidden || !this.root.clientHeight) return;
    this.space.style.height = `${all * row}px`;
    if (this.tail) this.root.scrollTop = all * row;
    const first = Math.max(0, Math.floor(this.root.scrollTop / row) - beyond);
    const last = Math.min(all, first + Math.ceil(this.root.clientHeight / row) + 2 * beyond);
    const rows = [];
    for (let i = first; i < last; i++) rows.push(this.rowOf(i, all));
    const keep = new Set(rows); // a row that stays is not moved: it may have the focus
    for (const old of [...this.space.children]) if (!keep.has(old)) old.remove();
    rows.forEach((at, i) => { if (this.space.children[i] !== at) this.space.insertBefore(at, this.space.children[i] ?? null); });
    const { missed, dropped, events } = this.model;
    this.count(`${all === events.length ? '' : `${all} of `}${events.length} events${dropped ? `; ${dropped} older ones are not kept here` : ''}` +
      `${missed ? `; ${missed} came too fast and were left out` : ''}`);
  }

  rowOf(i, all) {
    const { event } = this.found[i];
    let made = this.found[i].row;
    if (!made) {
      const failed = /^f[a-z]*|^api_limit/.test(event.type ?? '') || event.details?.status >= 400 || event.kind === 'no_answer';
      made = this.found[i].row = el('div', { role: 'listitem' }, el('button', {
        type: 'button', class: `event ${event.kind}${failed ? ' failed' : ''}`, 'data-seq': event.seq, onclick: () => this.open(event),
      }, el('time', {}, event.date ? hour(Date.parse(event.date), 3) : ''), el('span', { class: 'kind' }, event.type ?? event.kind),
      el('span', { class: 'where' }, event.endpoint ?? ''), el('span', { class: 'text' }, wording(event))));
    }
    made.setAttribute('aria-setsize', all);
    made.setAttribute('aria-posinset', i + 1);
    made.style.top = `${i * row}px`;
    made.firstChild.tabIndex = i === Math.min(this.focused, all - 1) || (this.focused >= all && i === all - 1) ? 0 : -1;
    return made;
  }

  key(event) {
    const by = { ArrowDown: 1, ArrowUp: -1, PageDown: 15, PageUp: -15, Home: -Infinity, End: Infinity }[event.key];
    const at = event.target.dataset?.seq;
    if (!by || !at) return;
    event.preventDefault();
    const from = this.found.findIndex((one) => one.event.seq === Number(at));
    const to = Math.min(Math.max(from + by, 0), this.found.length - 1);
    this.focused = to;
    this.tail = to === this.found.length - 1;
    const top = to * row;
    if (top < this.root.scrollTop) this.root.scrollTop = top;
    else if (top + row > this.root.scrollTop + this.root.clientHeight) this.root.scrollTop = top + row - this.root.clientHeight;
    this.draw();
    this.space.querySelector(`[data-seq="${this.found[to].event.seq}"]`)?.focus({ preventScroll: true });
  }
}

function wording(event) {
  const d = event.details ?? {};
  const parts = [event.description];
  if (event.kind === 'response') parts.unshift(d.status);
  if (event.kind === 'gap') parts.push(`${d.missed} events were left out`);
  if (d.error) parts.push(d.error);
  if (d.location) parts.push(`to ${d.location}`);
  if (d.why) parts.push(d.why);
  if (event.user_name) parts.push(event.user_name);
  if (event.client_name) parts.push(event.client_name);
  return parts.filter(Boolean).join(' · ');
}
