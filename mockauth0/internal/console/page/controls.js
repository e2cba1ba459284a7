// The clock, and what is armed: both are always in sight.

import { ask, get } from './api.js';
import { busy, button, by, el, say, still, twice } from './dom.js';
import { day, hour, milliseconds, moment, offset } from './time.js';

export class Controls {
  constructor({ moved, changed }) {
    Object.assign(this, { moved, changed, at: { now: Date.now(), offset: 0, frozen: false, read: performance.now() }, armed: '', again: 0 });
    this.freeze = button('Freeze', () => this.move({ frozen: !this.at.frozen }), { 'aria-pressed': 'false' });
    const by_ = el('input', { id: 'by', size: 8, placeholder: '90s, 3h, 30d', 'aria-label': 'Move the clock by', autocomplete: 'off' });
    const go = el('button', {}, 'Move');
    by('moves').append(
      button('+5 min', () => this.move({ advance: '5m' })), button('+2 h', () => this.move({ advance: '2h' })),
      button('To the next expiry', () => this.move({ to: 'next_expiry' })), this.freeze,
      el('form', { onsubmit: (event) => {
        event.preventDefault();
        busy(go, async () => {
          const length = milliseconds(by_.value);
          if (Number.isNaN(length)) throw new Error(`“${by_.value}” is no length of time: write 90s, 5 min, 2h or 30d.`);
          await this.move({ advance: `${Math.round(length)}ms` });
          by_.value = '';
        });
      } }, by_, go),
      button('Real time', () => this.move({ offset_ms: 0 }), { title: 'The clock goes on as the real one' }),
      twice('Reset all', 'Press again to reset', () => this.reset()));
  }

  // now is the tenant's time at this moment.
  now() {
    const { now, frozen, read } = this.at;
    return frozen ? now : now + performance.now() - read;
  }

  async move(how) {
    this.stand(await ask('POST', '/clock', how));
    say(`The clock stands at ${moment(this.now())}. Only the tenant's clock moved: an SDK in a browser goes by the browser's.`);
    this.changed();
  }

  async reset() {
    await ask('POST', '/reset', {});
    say('The tenant is as it was when it started.');
    this.changed();
  }

  stand({ now, offset_ms, frozen }) {
    this.at = { now: Date.parse(now), offset: offset_ms, frozen, read: performance.now() };
    this.tick();
    this.moved();
  }

  async refresh() {
    const [clock, { faults }] = await Promise.all([get('/clock'), get('/faults'), this.listScenarios()]);
    this.stand(clock);
    this.arm((faults ?? []).filter((fault) => !(fault.times && fault.fired >= fault.times)));
  }

  // listScenarios asks from time to time: the list is long, and no event tells of it. A tenant without a catalogue has none.
  async listScenarios(at_once) {
    if (this.scenarios === null || (!at_once && performance.now() < this.again)) return;
    this.again = performance.now() + 10_000;
    this.scenarios = (await get('/scenarios').catch((failure) => {
      if (failure.status !== 404) throw failure;
      return { scenarios: null };
    })).scenarios;
  }

  tick() {
    const now = this.now();
    by('now').textContent = hour(now);
    by('today').textContent = day(now);
    by('offset').textContent = `UTC, ${this.at.frozen ? 'frozen' : offset(this.at.offset)}`;
    this.freeze.textContent = this.at.frozen ? 'Let it run' : 'Freeze';
    this.freeze.setAttribute('aria-pressed', String(this.at.frozen));
  }

  // arm shows what is armed, each with a button that clears it.
  arm(faults) {
    const armed = [
      ...(this.scenarios ?? []).filter((one) => one.armed).map(({ id, title, client }) => ({ path: `/scenarios/${id}`, name: title, about: client ?? '' })),
      ...faults.map((fault) => ({ path: `/faults/${encodeURIComponent(fault.id)}`, name: fault.name || effect(fault.do), about: where(fault) }))];
    const text = JSON.stringify(armed);
    if (text === this.armed) return;
    this.armed = text;
    const chips = armed.map(({ path, name, about }) => el('span', { class: 'chip' }, el('b', {}, name), ` ${about} `,
      button('×', () => this.disarm([path]), { 'aria-label': `Clear ${name}` })));
    const paths = this.scenarios?.some((one) => one.armed) ? ['/faults', '/scenarios'] : ['/faults'];
    still(() => by('armed').replaceChildren(...(armed.length ? ['Armed: ', armed.length > 1 ? button('Clear all', () => this.disarm(paths)) : '', ...chips]
      : [el('span', { class: 'dim' }, 'Nothing is armed.')])));
  }

  async disarm(paths) {
    await Promise.all(paths.map((path) => ask('DELETE', path)));
    await this.listScenarios(true);
    this.changed();
    await this.refresh();
    by('armed').querySelector('button')?.focus();
  }
}

// effect names what a fault does, in the words of its file.
export function effect(does) {
  return Object.entries(does).map(([name, value]) => (value === true ? name : `${name}: ${typeof value === 'object' ? JSON.stringify(value) : value}`)).join(', ');
}

// where says for which requests a fault is, and how often.
export function where({ when, times, fired }) {
  const { endpoint, prompt, grant, ...rest } = when ?? {};
  const what = (prompt === 'none' && 'silent requests') || (grant === 'refresh_token' && 'refreshes') || Object.values({ endpoint, prompt, grant }).filter(Boolean).join(' ');
  const parts = [what, ...Object.entries(rest).map(([name, value]) => `${name} ${value}`)].filter(Boolean);
  if (times) parts.push(`${times - (fired ?? 0)} more`);
  else if (fired) parts.push(`acted ${fired} times`);
  return parts.join(', ') || 'all requests';
}
