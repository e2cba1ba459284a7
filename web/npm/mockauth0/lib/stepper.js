'use strict';
const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { Traffic } = require('./traffic.js');

// The clock of mockauth0's own browser tests: see the top of clock.js.
const CLOCK = `${readFileSync(join(__dirname, 'clock.js'), 'utf8').trim()}("__mockauth0Message");`;
const KEY = 'harness.clock';
const QUIET_TURNS = 3; // a message that is answered by a message takes two; the third is for what comes back from another process
const GLIDE_MOST = 5000; // timers in one glide
const SOON = 100; // ms of real time within which a page sees the end of a request by itself; after that, it is for settle
const PATIENCE = 30_000; // ms of real time that anything may take to settle

/**
 * Stepper moves the clocks of a tenant and of the pages of browser contexts together. The algorithm is that of World.Advance of mockauth0's Go
 * package browser: time stops at each timer that falls due in a page, the tenant is moved first, the timer fires, and the network settles
 * before time goes on.
 */
class Stepper {
  #tenant;
  #contexts = new Map(); // context: { traffic, begin }
  #base = 0; // how far the tenant was ahead of real time at the start, in ms
  #moved = 0; // by advance and jump: timers, Date and tenant
  #slept = 0; // by sleep: Date and tenant
  #stepping = false;
  #stopped = 0; // timers that fired, for messages
  #source = '';
  #moving = Promise.resolve();

  /** tenant has clock(), the state of its clock, and move(ms). */
  constructor(tenant, base) {
    this.#tenant = tenant;
    this.#base = base;
  }

  /** follow has the clock of every page of the context move, those that are open and those to come. */
  async follow(context) {
    if (this.#contexts.has(context)) return;
    const followed = { context, traffic: new Traffic(context, this.#tenant.origin), begin: undefined };
    this.#contexts.set(context, followed);
    context.once('close', () => { followed.traffic.stop(); this.#contexts.delete(context); });
    await context.addInitScript({ content: CLOCK });
    await this.#begin(followed);
    for (const page of context.pages()) {
      if (page.url() !== 'about:blank') throw new Error(`mockauth0: the page ${page.url()} was open before its context followed the clock: follow first`);
    }
  }

  stop() {
    for (const { traffic } of this.#contexts.values()) traffic.stop();
    this.#contexts.clear();
  }

  now() { return new Date(Date.now() + this.#wall()); }

  #wall() { return this.#base + this.#moved + this.#slept; }
  #setting() { return { mono: this.#moved, wall: this.#wall(), throttle: 0, paused: false, stepped: this.#stepping }; }

  // One after another: two moves at a time would each undo the other's. To the runner it is one call of Playwright's and not thousands, each
  // with a stack trace and a step of the report.
  #alone(move) {
    const [context] = this.#contexts.keys();
    const asOne = typeof context?._wrapApiCall === 'function' ? () => context._wrapApiCall(move, { internal: true }) : move;
    const turn = this.#moving.then(asOne);
    this.#moving = turn.catch(() => {});
    return turn;
  }

  /** settle waits until no page has anything in flight. What the tenant holds back does not count. */
  settle() { return this.#alone(() => this.#settle(Date.now() + PATIENCE)); }

  /** advance lets ms pass, as if somebody had waited. */
  advance(ms, budget) { return this.#alone(() => this.#stepped(ms, budget)); }

  /** jump moves everything at once: what falls due on the way fires once, when all clocks stand at the new time. */
  jump(ms) {
    return this.#alone(async () => {
      await this.#settle(Date.now() + PATIENCE);
      this.#moved += ms;
      await Promise.all([this.#tenant.move(ms), this.#beginAll()]);
      await this.#setAll();
      await this.#everywhereAwaited('clock.fire()');
      await this.#settle(Date.now() + PATIENCE);
    });
  }

  /** sleep is a laptop asleep: Date and the tenant move on, timers keep what they had left. Nothing fires. */
  sleep(ms) {
    return this.#alone(async () => {
      await this.#settle(Date.now() + PATIENCE);
      this.#slept += ms;
      await Promise.all([this.#tenant.move(ms), this.#beginAll()]);
      await this.#setAll();
      await this.#settle(Date.now() + PATIENCE);
    });
  }

  async #stepped(ms, budget) {
    const began = Date.now(), from = this.#moved, until = began + budget;
    this.#stopped = 0;
    this.#source = '';
    this.#stepping = true;
    // Real time that passes meanwhile counts as part of what is to pass.
    const left = () => Math.max(0, Math.floor(ms - (this.#moved - from) - (Date.now() - began)));
    try {
      await Promise.all([this.#beginAll(), this.#setAll()]);
      let states = await this.#settle(until);
      const watched = this.#isWatched() || (await this.#tenant.followers()) > 0;
      for (;;) {
        if (Date.now() > until) throw new Error('the budget of real time is used up');
        const alone = !watched && this.#places().length === 1;
        const next = await this.#next(states, alone);
        const room = left();
        if (next.in < next.firm && next.in <= room) {
          const glided = await this.#glide(states, Math.min(room, next.firm - 1, next.documents > 1 ? 60_000 : Infinity), alone);
          if (glided) {
            states = await this.#settle(until, glided.quiet);
            continue;
          }
        }
        const last = next.in > room;
        states = await this.#step(states, Math.min(next.in, room), until);
        if (last) return;
        this.#stopped++;
      }
    } catch (error) {
      const at = `${this.#moved - from} ms and ${this.#stopped} timer stops${this.#source ? `, the last one at ${this.#source}` : ''}`;
      throw new Error(`mockauth0: advance by ${ms} ms stopped after ${at}: ${error.message}`, { cause: error });
    } finally {
      this.#stepping = false;
      await this.#beginAll();
      await this.#everywhereAwaited(`(clock.set(${JSON.stringify(this.#setting())}), clock.resume())`);
    }
  }

  // isWatched tells whether the test looks at requests under way, or answers them: then now() has to be right at each of them.
  #isWatched() {
    return [...this.#contexts.values()].some(({ context, traffic }) => [context, ...context.pages()].some((each) =>
      !(each._routes?.length === 0) || !(each._webSocketRoutes?.length === 0) || !(each._bindings?.size === 0) || traffic.hasOthers(each)));
  }

  // next is when the next things happen: the earliest timer of all (in), and the earliest that may start something (firm), or, when the page
  // is alone, something whose end it does not see.
  async #next(states, alone) {
    const first = { in: Infinity, firm: Infinity, documents: 0 };
    for (const { in: earliest, firm: mayStart, unknown, source } of states.values()) {
      if (earliest === null) continue;
      const firm = alone ? unknown : mayStart;
      first.documents++;
      const at = Math.ceil(Math.max(0, earliest));
      if (at < first.in) Object.assign(first, { in: at, source });
      if (firm !== null) first.firm = Math.min(first.firm, Math.ceil(Math.max(0, firm)));
    }
    const { holds } = this.#lastClock ?? { holds: [] };
    for (const hold of holds) {
      if (!hold.until) continue;
      const at = Math.max(0, Math.ceil(Date.parse(hold.until) - this.now().getTime()));
      if (at < first.in) Object.assign(first, { in: at, source: `the tenant: ${hold.reason}` });
      first.firm = Math.min(first.firm, at);
    }
    this.#source = first.source ?? '';
    return first;
  }

  #lastClock;

  // step moves everything by ms and fires what is due. The tenant goes first, so that a request from a timer meets the new time; then the
  // documents that do not exist yet; then those that do, all of them before any timer fires.
  async #step(states, ms, until) {
    if (ms > 0) {
      this.#moved += ms;
      [this.#lastClock] = await Promise.all([this.#tenant.move(ms), this.#beginAll()]);
    }
    const places = this.#places();
    const set = JSON.stringify(this.#setting());
    const due = places.filter((place) => !states.has(place.frame) || states.get(place.frame).in !== null && states.get(place.frame).in - ms <= 1);
    const [first, ...others] = due;
    await this.#everywhereAwaited(`clock.set(${set})`, places.filter((place) => place !== first));
    const before = this.#outside();
    if (others.length === 0 && first) {
      // Most stops start nothing: then one round trip fires, sees that all is quiet, and says when the next timer is due.
      const state = await this.#evaluate(first.frame, `(clock.set(${set}), clock.firing(true, ${SOON}))`);
      if (state?.quiet && this.#hasEnded(before) && this.#talksToNobody(this.#places(), state)) {
        return this.#settled(new Map([[first.frame, state]]));
      }
    } else {
      for (const place of due) await this.#evaluate(place.frame, `(clock.set(${set}), clock.fire())`);
    }
    return this.#settle(until);
  }

  // glide moves through timers that do nothing but repaint without a stop at each; and in a page that is alone also through those whose requests
  // end in the page's sight, such as a poll of an API. What the pages send to the tenant meanwhile waits there until it has followed, and
  // so do the documents that it answers with.
  async #glide(states, room, alone) {
    await this.#tenant.hold();
    const places = this.#places();
    const halt = () => { this.#everywhereAwaited('clock.halt()', places); };
    if (alone) this.#eachTraffic((traffic) => { traffic.onOutside = halt; });
    const before = this.#outside();
    let results = [], by = 0;
    try {
      results = (await this.#everywhereAwaited(`clock.glide(${room}, ${GLIDE_MOST}, ${alone ? SOON : 0})`)).filter(Boolean);
      if (alone && results.length === 0) results = await this.#handedOver();
    } finally {
      this.#eachTraffic((traffic) => { traffic.onOutside = undefined; });
      const active = results.filter((result) => result.active).map((result) => result.moved);
      by = active.length > 0 ? Math.max(...active) : Math.max(0, ...results.map((result) => result.moved));
      this.#moved += by;
      await this.#beginAll(); // before the tenant answers with documents
      const others = places.length > 1 || this.#places().length > 1;
      [this.#lastClock] = await Promise.all([this.#tenant.release(by), others ? this.#setAll() : undefined]);
    }
    const fired = results.reduce((sum, result) => sum + result.fired, 0);
    this.#stopped += fired;
    const [{ active, state } = {}] = results;
    return fired > 0 ? { quiet: alone && !active ? { state, before } : undefined } : undefined;
  }

  // handedOver is how far a document has moved that was replaced meanwhile, as the one says that came instead.
  async #handedOver() {
    const states = (await this.#everywhereAwaited('clock.state()')).filter(Boolean);
    return [{ moved: Math.max(0, ...states.map((state) => state.mono - this.#moved)), fired: 1, active: true }];
  }

  // hasEnded tells whether all has ended of which a page does not see the end itself, and none of it began. Playwright tells of the end of a
  // request some time after the page has seen its answer, and nothing depends on that.
  #hasEnded(before) {
    return before === this.#outside() && [...this.#contexts.values()].every(({ traffic }) => !traffic.isBusyOutside());
  }

  // settle waits until nothing is in flight. A page that is alone may have seen the end of all that it knows of: state, and how much the others
  // knew of before that.
  async #settle(until, { state, before: known } = {}) {
    if (state && this.#hasEnded(known) && this.#talksToNobody(this.#places(), state)) {
      return this.#settled(new Map([[this.#places()[0].frame, state]]));
    }
    for (let quiet = 0, seen, byItself = true; ;) {
      // What the tenant held a moment ago may be on its way by now.
      if (this.#lastClock?.holds?.length > 0) this.#lastClock = await this.#tenant.clock();
      const held = this.#lastClock?.holds?.length ?? 0;
      const busy = this.#busy(held);
      if (busy.length > 0) {
        quiet = 0;
        if (Date.now() > until) throw new Error(`the pages did not settle; in flight:\n  ${busy.join('\n  ')}`);
        const changed = await Promise.race([...this.#contexts.values()].map(({ traffic }) => traffic.change(50)));
        await this.#look(!changed);
        continue;
      }
      const before = this.#started();
      const places = this.#places();
      if (byItself && this.#talksToNobody(places)) {
        const state = await this.#evaluate(places[0].frame, `clock.firing(false, ${SOON})`);
        const states = new Map(state ? [[places[0].frame, state]] : []);
        byItself = !state || this.#talksToNobody(this.#places(), state); // once it has sent something, it has
        if (byItself && state?.quiet && this.#isQuiet(states, before, held)) return this.#settled(states);
      }
      const states = await this.#turn(places);
      const began = [...states.values()].reduce((sum, state) => sum + state.started, 0);
      if (this.#isQuiet(states, before, held) && (quiet === 0 || began === seen)) quiet++;
      else quiet = 0;
      seen = began;
      if (quiet >= QUIET_TURNS) return this.#settled(states);
      if (Date.now() > until) throw new Error('the pages did not settle: they do not stop to start things');
    }
  }

  #isQuiet(states, before, held) {
    return ![...states.values()].some((state) => state.working > 0 || state.loading > held) && before === this.#started();
  }

  // talksToNobody tells whether there is one document, which has sent nothing to a worker, or to the browser, since the pages were seen to be
  // settled. Then nothing comes back from another process that Playwright does not tell of, and one round trip sees that all is quiet.
  #talksToNobody(places, state) {
    if (places.length !== 1) return false;
    const sent = this.#sent.get(places[0].frame);
    return state ? sent === undefined && !this.#pages().some((page) => page.workers().length > 0) || sent === state.sent : true;
  }

  #sent = new WeakMap(); // frame: how much its document had sent when the pages were seen to be settled

  #settled(states) {
    for (const [frame, { sent }] of states) this.#sent.set(frame, sent);
    return states;
  }

  // look finds out what may have changed without an event: a document that has come; and after a while a hold of the tenant, and a timer that
  // real time made due.
  async #look(everything) {
    for (const { traffic } of this.#contexts.values()) {
      for (const { frame } of this.#places()) {
        if (!traffic.isLoading(frame)) continue;
        const state = await frame.evaluate('document.readyState').catch(() => 'loading');
        if (state !== 'loading') traffic.loaded(frame);
      }
    }
    if (!everything) return;
    this.#lastClock = await this.#tenant.clock();
    if (this.#stepping) await this.#everywhereAwaited('clock.fire()');
  }

  // turn lets every event loop turn once, and says what the clocks know.
  async #turn(places) {
    const states = new Map();
    const workers = this.#pages().flatMap((page) => page.workers());
    await Promise.all([
      ...places.map(async ({ frame }) => {
        const state = await this.#evaluate(frame, 'clock.turn().then(working => ({ ...clock.state(), working }))');
        if (state) states.set(frame, state);
      }),
      ...workers.map((worker) => worker.evaluate('0').catch(() => {})),
    ]);
    return states;
  }

  #busy(held) { return [...this.#contexts.values()].flatMap(({ traffic }) => traffic.busy(held)); }
  #eachTraffic(apply) { for (const { traffic } of this.#contexts.values()) apply(traffic); }
  #outside() { return [...this.#contexts.values()].reduce((sum, { traffic }) => sum + traffic.outside, 0); }
  #started() { return [...this.#contexts.values()].reduce((sum, { traffic }) => sum + traffic.started, 0); }
  #pages() { return [...this.#contexts.keys()].flatMap((context) => context.pages()); }
  #places() { return this.#pages().flatMap((page) => page.frames().map((frame) => ({ frame, page }))); }

  // begin has every later document start with the clock as it stands. The new script is added before the old one goes, so that no document
  // starts without one; of two, the later wins.
  async #begin(followed) {
    const before = followed.begin;
    followed.begin = await followed.context.addInitScript({ content: `globalThis[Symbol.for("${KEY}")]?.begin(${JSON.stringify(this.#setting())});` });
    before?.dispose().catch(() => {});
  }

  #beginAll() { return Promise.all([...this.#contexts.values()].map((followed) => this.#begin(followed))); }
  #setAll() { return this.#everywhereAwaited(`clock.set(${JSON.stringify(this.#setting())})`); }

  #everywhereAwaited(expression, places = this.#places()) {
    return Promise.all(places.map(({ frame }) => this.#evaluate(frame, expression)));
  }

  // evaluate asks the clock of a document; undefined: the document has gone, or shares the clock of its parent.
  async #evaluate(frame, expression) {
    try {
      return await frame.evaluate(`(h => h && h.root ? (clock => ${expression})(h.clock) : undefined)(globalThis[Symbol.for("${KEY}")])`) ?? undefined;
    } catch (error) {
      if (frame.isDetached() || frame.page().isClosed() || GONE.test(error.message)) return undefined;
      throw error;
    }
  }
}

const GONE = /Execution context was destroyed|frame was detached|Target (page, context or browser )?.*closed|has been closed|Cannot find context|navigat/i;

module.exports = { Stepper };
