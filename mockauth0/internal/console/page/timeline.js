// The renewal timeline: a lane for each client and person. It draws what is in sight only, and joins what would lie on one another, so
// that it costs the same whatever has happened.

import { el, still } from './dom.js';
import { barKinds } from './model.js';
import { hour, moment, span, ticks, valid } from './time.js';

const signs = { ok: '✓', late: '!', failed: '✕', missing: '?', login: '→', logout: '←', move: '⇥' };
const states = { ok: '', late: ', after the expiry', failed: '', missing: '' };
const size = 24; // of a mark, in pixels
const least = 5_000;
const largest = 90 * 864e5;

export class Timeline {
  // now is the tenant's time; open shows an item.
  constructor({ root, model, now, open }) {
    Object.assign(this, { root, model, now, open, mode: 'all', from: 0, to: 0, current: '', chosen: '', width: 600, shown: new Map(), drawn: 0 });
    this.axis = el('div', { class: 'axis', 'aria-hidden': 'true' });
    this.body = el('div', { class: 'lanes' });
    root.append(this.axis, this.body);
    root.addEventListener('keydown', (event) => this.key(event));
    root.addEventListener('focusin', (event) => { if (event.target.dataset.key) this.rove(event.target); });
    root.addEventListener('wheel', (event) => this.wheel(event), { passive: false });
    root.addEventListener('pointerdown', (event) => this.grab(event));
    new ResizeObserver(() => this.draw()).observe(root);
  }

  // soon draws at most five times a second.
  soon() {
    if (this.waiting) return;
    this.waiting = setTimeout(() => { this.waiting = 0; requestAnimationFrame(() => this.draw()); }, Math.max(0, this.drawn + 200 - performance.now()));
  }

  zoom(factor, around = 0.5) {
    const [from, to] = [this.from, this.to];
    const length = Math.min(Math.max((to - from) * factor, least), largest);
    const fixed = from + (to - from) * around;
    this.look(fixed - length * around, fixed + length * (1 - around));
  }

  // last shows so much time up to now, and goes on with it.
  last(length) {
    this.mode = 'now';
    this.length = length;
    this.draw();
  }

  all() {
    this.mode = 'all';
    this.draw();
  }

  look(from, to) {
    Object.assign(this, { mode: 'still', from, to });
    this.draw();
  }

  // place decides which time is in sight.
  place() {
    const now = this.now();
    if (this.mode === 'all') {
      const first = Math.min(valid(this.model.begun) ? this.model.begun : now, now - 50_000);
      const length = Math.min(now - first, largest);
      [this.from, this.to] = [now - length * 1.05, now + length * 0.12];
    } else if (this.mode === 'now') {
      [this.from, this.to] = [now - this.length * 0.85, now + this.length * 0.15];
    }
  }

  x(at) { return (at - this.from) / (this.to - this.from); }

  draw() {
    this.drawn = performance.now();
    this.place();
    const track = this.body.querySelector('.track');
    this.width = Math.max(track?.clientWidth ?? this.root.clientWidth - 180, 100);
    this.axis.replaceChildren(...ticks(this.from, this.to, Math.max(2, Math.floor(this.width / 80))).filter(({ at }) => this.x(at) < 0.95).map(({ at, label, midnight }) =>
      styled(el('span', { class: midnight ? 'tick midnight' : 'tick' }, label), { left: `${this.x(at) * 100}%` })));
    const lanes = [...this.model.lanes.values()].filter((lane) => lane.marks.length || lane.bars.length)
      .sort((a, b) => a.name.localeCompare(b.name) || this.model.person(a).localeCompare(this.model.person(b)));
    const rows = [];
    if (this.model.moves.length) rows.push(this.row('clock', 'Clock', 'moves', this.moves(), false));
    for (const lane of lanes) {
      rows.push(this.row(lane.key, this.model.person(lane), lane.name, [...this.bars(lane), ...this.marks(lane)], true, lane));
    }
    if (rows.length !== this.body.children.length || rows.some((row, i) => this.body.children[i] !== row.at)) still(() => this.arrange(rows));
    this.tabStop();
  }

  arrange(rows) {
    for (const [key, row] of this.shown) if (!rows.includes(row)) { row.at.remove(); this.shown.delete(key); }
    rows.forEach((row, i) => { if (this.body.children[i] !== row.at) this.body.insertBefore(row.at, this.body.children[i] ?? null); });
    this.root.classList.toggle('empty', !rows.length);
  }

  // row is the lane with a key, made once; items are drawn into it.
  row(key, title, about, items, bars, lane) {
    let row = this.shown.get(key);
    if (!row) {
      row = { parts: new Map(), name: el('b'), about: el('span'), track: el('div', { class: bars ? 'track' : 'track flat' }) };
      row.at = el('div', { class: 'lane', role: 'group' }, el('div', { class: 'who' }, row.name, ' ', row.about), row.track);
      this.shown.set(key, row);
    }
    if (row.name.textContent !== title) row.name.textContent = title;
    if (row.about.textContent !== about) row.about.textContent = about;
    const failed = lane?.marks.filter((mark) => mark.state === 'failed').length ?? 0;
    row.at.setAttribute('aria-label', `${title}, ${about}${failed ? `, ${failed} failed` : ''}`);
    for (const old of row.parts.values()) old.stale = true;
    for (const item of items) this.part(row, item);
    for (const [at, old] of row.parts) if (old.stale) { old.at.remove(); row.parts.delete(at); }
    return row;
  }

  part(row, item) {
    let part = row.parts.get(item.key);
    if (!part) {
      const button = item.kind !== 'line';
      part = { at: el(button ? 'button' : 'i', button ? { type: 'button', tabindex: -1, 'data-key': item.key } : {}) };
      if (button) part.at.addEventListener('click', () => this.choose(part.item));
      row.track.append(part.at);
      row.parts.set(item.key, part);
    }
    part.stale = false;
    part.item = item;
    const names = `${item.class}${item.key === this.chosen ? ' chosen' : ''}`;
    if (part.at.className !== names) part.at.className = names;
    if (item.sign !== undefined && part.at.textContent !== item.sign) part.at.textContent = item.sign;
    if (item.label && part.label !== item.label) {
      part.label = item.label;
      part.at.setAttribute('aria-label', item.label);
      part.at.title = item.label;
    }
    const left = `${(item.left * 100).toFixed(3)}%`;
    if (part.at.style.left !== left) part.at.style.left = left;
    if (item.wide !== undefined) part.at.style.width = `${(item.wide * 100).toFixed(3)}%`;
  }

  // bars are the lives of tokens in sight. Those that hardly show apart are one.
  bars(lane) {
    const out = [];
    const now = this.now();
    for (const kind of ['access', 'id', 'session', 'family']) {
      let last;
      for (const bar of kind === 'family' ? this.model.familiesOf(lane) : lane.bars) {
        if (bar.kind !== kind || !(bar.from < this.to) || bar.to < this.from || !valid(bar.from)) continue;
        const left = Math.max(this.x(bar.from), 0);
        const right = Math.min(this.x(bar.to), 1);
        if (last && (right - last.left) * this.width < 8) {
          last.wide = right - last.left;
          last.items.push(bar);
          last.label = `${last.items.length} × ${barKinds[kind]}, the last ${this.life(bar, now)}`;
          last.class = this.style(bar, now);
          continue;
        }
        last = {
          ...bar, class: this.style(bar, now), left, wide: Math.max(right - left, 3 / this.width), items: [bar],
          label: `${barKinds[kind]}, ${this.life(bar, now)}`,
        };
        out.push(last);
      }
    }
    return out;
  }

  style(bar, now) {
    return `bar ${bar.kind}${bar.to <= now ? ' over' : ''}${bar.ended ? ' ended' : ''}`;
  }

  life({ from, to, ended }, now) {
    return `${hour(from)} to ${valid(to) ? moment(to) : 'no end'}${ended ? `, ${ended}` : to <= now ? ', expired' : ''}`;
  }

  marks(lane) {
    const missing = this.model.missing(lane, this.now());
    const all = [...lane.marks];
    if (valid(missing)) {
      all.push({ key: `x${lane.key}`, at: missing, kind: 'absence', state: 'missing', title: 'No renewal came before the token expired', lane });
    }
    return this.lines().concat(this.joined(all.map((mark) => ({
      ...mark, sign: signs[mark.kind] ?? signs[mark.state], class: `mark ${mark.kind} ${mark.state}`,
      label: `${mark.title}${states[mark.state]}, ${hour(mark.at)}`,
    }))));
  }

  moves() {
    return this.joined(this.model.moves.map((move) => ({
      ...move, kind: 'move', state: 'ok', sign: signs.move, class: 'mark move', title: 'Clock moved',
      label: `Clock ${Math.abs(move.by) < 1 ? (move.frozen ? 'frozen' : 'set') : `moved by ${span(move.by)}`}, ${hour(move.at)}`,
    })));
  }

  // lines are the clock's moves and the present, across all lanes.
  lines() {
    const out = [{ key: 'now', kind: 'line', class: 'line now', left: this.x(this.now()) }];
    let last = -1;
    for (const move of this.model.moves) {
      const left = this.x(move.at);
      if (left < 0 || left > 1 || (left - last) * this.width < 3) continue;
      out.push({ key: move.key, kind: 'line', class: 'line', left: last = left });
    }
    return out;
  }

  // joined puts marks together that would lie on one another. The worst of them is what shows.
  joined(marks) {
    const rank = { ok: 0, late: 1, missing: 2, failed: 3 };
    const out = [];
    for (const mark of marks.filter((one) => one.at >= this.from && one.at <= this.to).sort((a, b) => a.at - b.at)) {
      const left = this.x(mark.at);
      const last = out.at(-1);
      if (!last || (left - last.left) * this.width >= size) {
        out.push({ ...mark, left, items: [mark] });
        continue;
      }
      last.items.push(mark);
      const worst = last.items.reduce((a, b) => (rank[b.state] > rank[a.state] ? b : a));
      Object.assign(last, { class: `${worst.class} several`, sign: String(Math.min(last.items.length, 99)), key: last.items[0].key,
        label: `${last.items.length} marks: ${[worst, ...last.items.filter((one) => one !== worst)].slice(0, 4).map((one) => one.label).join('; ')}` });
    }
    return out;
  }

  choose(item) {
    this.chosen = item.key;
    this.open(item);
    this.draw();
  }

  // rove makes a part the one that Tab leads to.
  rove(at) {
    this.current = at.dataset.key;
    this.tabStop();
  }

  tabStop() {
    const all = [...this.root.querySelectorAll('[data-key]')];
    const stop = all.find((at) => at.dataset.key === this.current) ?? all.filter((at) => at.classList.contains('failed')).at(-1) ?? all.at(-1);
    for (const at of all) at.tabIndex = at === stop ? 0 : -1;
  }

  // key moves along a lane, to the next one, and zooms.
  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const zoomed = { '+': 0.5, '=': 0.5, '-': 2 }[event.key];
    if (zoomed) {
      this.zoom(zoomed);
      event.preventDefault();
      return;
    }
    const at = event.target.closest('[data-key]');
    const lane = at?.closest('.lane');
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const down = { ArrowDown: 'nextElementSibling', ArrowUp: 'previousElementSibling' }[event.key];
    if (!lane || (!step && !down && event.key !== 'Home' && event.key !== 'End')) return;
    event.preventDefault();
    const left = (one) => parseFloat(one.style.left);
    const inside = (where) => [...where.querySelectorAll('[data-key]')].sort((a, b) => left(a) - left(b));
    let next;
    if (down) {
      const other = lane[down];
      next = other && inside(other).reduce((a, b) => (!a || Math.abs(left(b) - left(at)) < Math.abs(left(a) - left(at)) ? b : a), undefined);
    } else {
      const all = inside(lane);
      next = step ? all[all.indexOf(at) + step] : event.key === 'Home' ? all[0] : all.at(-1);
    }
    next?.focus();
  }

  wheel(event) {
    if (!event.ctrlKey && !event.metaKey && !event.shiftKey) return; // the page scrolls
    event.preventDefault();
    const box = this.axis.getBoundingClientRect();
    if (event.shiftKey) {
      const by = (this.to - this.from) * (event.deltaY || event.deltaX) / 1000;
      this.look(this.from + by, this.to + by);
    } else this.zoom(event.deltaY > 0 ? 1.25 : 0.8, Math.min(Math.max((event.clientX - box.left) / box.width, 0), 1));
  }

  // grab drags the time along.
  grab(event) {
    if (event.button || event.target.closest('button') || event.pointerType === 'touch') return;
    const { from, to } = this;
    const width = this.width;
    const move = (now) => {
      const by = (event.clientX - now.clientX) / width * (to - from);
      if (Math.abs(event.clientX - now.clientX) > 3) this.look(from + by, to + by);
    };
    const end = () => { removeEventListener('pointermove', move); removeEventListener('pointerup', end); };
    addEventListener('pointermove', move);
    addEventListener('pointerup', end);
  }
}

function styled(at, style) {
  Object.assign(at.style, style);
  return at;
}
