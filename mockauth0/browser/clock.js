// The clock that package browser puts into every document before the document's own scripts.
//
// Time flows as the browser's does, plus two moves that a World sets: `wall` shifts what Date reads, `mono`
// shifts what timers, performance.now and requestAnimationFrame run on. They differ after a sleep or with a skew:
// then Date moved and the timers did not, as on a real machine.
// A frame shares the clock of its parent when their origins allow it; every other frame has its own, and so has every
// worker of a page.
// A second script says where the clock stands, right after this one: this one stays the same through all moves, so
// that the browser compiles it once.
(function (binding) {
  'use strict';
  const KEY = Symbol.for('harness.clock');
  const window = globalThis;
  // The window of an initial empty document is used again for the first document of the same origin.
  if (window[KEY]) { window[KEY].used = true; return; }

  const tell = window[binding];
  try { delete window[binding]; } catch { /* it stays, and harms nobody */ }

  function inherited() {
    try {
      const above = window.parent !== window && window.parent[KEY];
      return above ? above.clock : null;
    } catch { return null; } // another origin
  }

  function makeClock() {
    const native = {
      setTimeout: window.setTimeout.bind(window), clearTimeout: window.clearTimeout.bind(window),
      now: window.performance.now.bind(window.performance), date: window.Date.now,
      MessageChannel: window.MessageChannel, post: window.MessagePort.prototype.postMessage,
    };
    const timers = new Map();
    const calm = new Map(); // source of a handler: how often in a row it fired and started nothing
    const loads = new Map(); // iframe whose address was set: since when; until it has loaded
    let mono = 0, wall = 0, throttle = 0, paused = false, stepped = false;
    let lastID = 0, lastTurn = 0, nesting = 0, working = 0, started = 0, sent = 0, gliding = false;
    let askLocks = null; // once the page has used locks: asks the browser for the state of them

    const now = () => native.now() + mono;
    const date = () => native.date() + wall;
    const dueAt = t => throttle > 0 ? Math.ceil(t.due / throttle) * throttle : t.due;
    const before = (a, b) => dueAt(a) - dueAt(b) || a.turn - b.turn;

    function earliest() {
      let first = null;
      for (const t of timers.values()) {
        if (t.window.closed) drop(t);
        else if (!first || before(t, first) < 0) first = t;
      }
      return first;
    }

    function arm(t) {
      if (gliding) return; // all are armed at the end
      native.clearTimeout(t.handle);
      const wait = Math.ceil(Math.max(0, dueAt(t) - now()));
      t.handle = native.setTimeout(() => {
        if (dueAt(t) > now()) arm(t);
        else if (!paused && !stepped) run(t);
      }, Math.min(wait, 0x7fffffff));
    }

    function drop(t) {
      native.clearTimeout(t.handle);
      timers.delete(t.id);
    }

    function run(t) {
      if (timers.get(t.id) !== t) return;
      if (t.every === undefined || t.window.closed) drop(t);
      else {
        // The phase is kept and missed turns are skipped, as the browser does.
        t.due += t.every * (Math.floor(Math.max(0, now() - t.due) / t.every) + 1);
        t.turn = ++lastTurn;
        t.level++;
        arm(t);
      }
      if (t.window.closed) return;
      const outer = nesting;
      nesting = t.level;
      try {
        if (typeof t.handler === 'function') Reflect.apply(t.handler, t.window, t.args);
        else t.window.eval(String(t.handler));
      } catch (error) {
        t.window.reportError(error);
      } finally {
        nesting = outer;
      }
    }

    // quiet lets what a handler awaits come to its end, as far as that takes promises only: an SDK that finds its token in
    // a cache awaits some dozen of them, and one that does not find it starts something after as many.
    async function quiet() {
      const startedBefore = started;
      for (let i = 0; i < 100 && started === startedBefore; i++) await undefined;
    }

    return {
      now, date,
      shift: () => mono,
      ahead: () => wall,
      start() { started++; },
      send() { started++; sent++; }, // to somebody who may answer: a frame, a worker, the browser
      load(frame) {
        loads.set(frame, native.now());
        frame.addEventListener('load', () => loads.delete(frame), { once: true });
      },
      work(promise) {
        working++; started++;
        const done = () => { working--; };
        promise.then(done, done);
        return promise;
      },

      add(window, handler, delay, args, repeat) {
        let wait = Math.max(repeat ? 1 : 0, delay | 0); // `| 0` is the browser's own wrap: 2^31 ms and more fire at once
        const level = nesting + 1;
        if (level > 5 && wait < 4) wait = 4;
        const t = {
          id: ++lastID, turn: ++lastTurn, due: now() + wait, every: repeat ? wait : undefined,
          window, handler, args, level, source: String(handler).slice(0, 200), trace: new Error('timer'),
        };
        timers.set(t.id, t);
        arm(t);
        return t.id;
      },

      remove(window, id) {
        const t = timers.get(id);
        if (t && t.window === window) drop(t);
      },

      leave(window) {
        for (const t of timers.values()) if (t.window === window) drop(t);
      },

      timers() {
        return [...timers.values()].filter(t => !t.window.closed).sort(before).map(t => ({
          id: t.id, due: date() + dueAt(t) - now(), in: dueAt(t) - now(), every: t.every ?? 0,
          source: t.source, origin: t.window.origin, stack: String(t.trace.stack).split('\n').slice(2).join('\n'),
        }));
      },

      // set moves the clock. `paused`: nothing fires (a frozen page). `stepped`: only the World fires, so that no timer
      // starts something between the moment when the page was seen to be quiet and the next move.
      set(s) { ({ mono, wall, throttle, paused, stepped } = s); },

      // resume lets the browser's own timers fire again.
      resume() { for (const t of timers.values()) arm(t); },

      // state tells how far the earliest timer is, and the earliest whose handler did not prove calm (null: none); how much was
      // started so far, and sent; and how many frames have an address and no document yet. Their requests come to light in another
      // process, some time after the page asked for them. What has no document after 10 s gets none.
      state() {
        let first = null, firm = null;
        if (!paused) {
          first = earliest();
          for (const t of timers.values()) if ((calm.get(t.source) ?? 0) < 3 && (!firm || before(t, firm) < 0)) firm = t;
        }
        const until = t => t ? dueAt(t) - now() : null;
        let loading = 0;
        for (const [frame, since] of loads) {
          if (native.now() - since > 10000) loads.delete(frame);
          else if (frame.isConnected && /^https?:/.test(frame.src)) loading++;
        }
        return { in: until(first), firm: until(firm), source: first?.source ?? '', started, sent, loading };
      },

      // fire runs what is due, in order. Microtasks run in between, as between tasks.
      async fire() {
        if (paused) return 0;
        const at = now();
        let fired = 0;
        for (let t; fired < 1000 && (t = earliest()) && dueAt(t) <= at; fired++) {
          const startedBefore = started;
          run(t);
          await quiet();
          calm.set(t.source, started === startedBefore ? (calm.get(t.source) ?? 0) + 1 : 0);
        }
        for (const t of timers.values()) arm(t);
        return fired;
      },

      // glide moves time by itself through timers that proved calm, at most `room` ms, and stops at any other timer
      // and as soon as a handler starts something. A countdown that ticks each second through a day costs one call.
      async glide(room, most) {
        const from = mono;
        let fired = 0, active = false;
        if (paused) return { moved: 0, fired, active };
        gliding = true;
        while (fired < most) {
          const t = earliest();
          if (!t || (calm.get(t.source) ?? 0) < 3) break;
          const step = Math.ceil(Math.max(0, dueAt(t) - now()));
          if (mono - from + step > room) break;
          mono += step; wall += step;
          const startedBefore = started, frames = window.length;
          run(t);
          fired++;
          await quiet();
          if (started !== startedBefore || frames !== window.length) { calm.set(t.source, 0); active = true; break; }
        }
        gliding = false;
        for (const t of timers.values()) arm(t);
        return { moved: mono - from, fired, active };
      },

      usesLocks(ask) { askLocks ??= ask; },

      // turn resolves after one turn of the event loop. A message port is used: it is not throttled in hidden pages.
      // Locks are granted by another process, which answers in order: after its answer, a lock that was free when the
      // page asked for it is granted, and one that the page let go has gone on to whoever waited for it.
      async turn() {
        if (askLocks) await askLocks().catch(() => {});
        return new Promise(resolve => {
          const { port1, port2 } = new native.MessageChannel();
          port1.onmessage = () => { port1.close(); resolve(working); };
          Reflect.apply(native.post, port2, [0]); // the page's own counts as started
        });
      },
    };
  }

  // replace puts a stand-in for a native function that keeps its name, length and look.
  function replace(object, name, apply) {
    const original = object?.[name];
    if (typeof original !== 'function') return;
    object[name] = new Proxy(original, { apply: (target, self, args) => apply(args, self, target) });
  }

  function replaceGetter(object, name, change) {
    const d = object && Object.getOwnPropertyDescriptor(object, name);
    if (!d || !d.get || !d.configurable) return;
    const get = new Proxy(d.get, { apply: (target, self) => change(Reflect.apply(target, self, [])) });
    Object.defineProperty(object, name, { ...d, get });
  }

  function install(clock) {
    const since = () => clock.shift() - place.born.mono;

    const scope = window.Window ? 'Window' : 'WorkerGlobalScope';
    const needHandler = (args, name) => {
      if (args.length === 0) throw new TypeError(`Failed to execute '${name}' on '${scope}': 1 argument required, but only 0 present.`);
    };
    replace(window, 'setTimeout', args => { needHandler(args, 'setTimeout'); return clock.add(window, args[0], args[1], args.slice(2), false); });
    replace(window, 'setInterval', args => { needHandler(args, 'setInterval'); return clock.add(window, args[0], args[1], args.slice(2), true); });
    for (const name of ['clearTimeout', 'clearInterval']) replace(window, name, ([id]) => clock.remove(window, Number(id)));

    const NativeDate = window.Date;
    const ClockDate = new Proxy(NativeDate, {
      apply: target => new target(clock.date()).toString(),
      construct: (target, args, newTarget) =>
        Reflect.construct(target, args.length ? args : [clock.date()], newTarget === ClockDate ? target : newTarget),
    });
    replace(NativeDate, 'now', () => clock.date());
    NativeDate.prototype.constructor = ClockDate;
    window.Date = ClockDate;

    // A browser judges the end of a cookie by its own time: a page that moves it to yesterday means the page's yesterday.
    const cookie = window.Document && Object.getOwnPropertyDescriptor(window.Document.prototype, 'cookie');
    if (cookie?.set && cookie.configurable) {
      const byTheBrowser = text => String(text).replace(/(;\s*expires=)([^;]+)/i, (whole, name, at) => {
        const end = NativeDate.parse(at);
        return Number.isNaN(end) ? whole : name + new NativeDate(end - clock.ahead()).toUTCString();
      });
      const set = new Proxy(cookie.set, { apply: (target, self, args) => Reflect.apply(target, self, [byTheBrowser(args[0])]) });
      Object.defineProperty(window.Document.prototype, 'cookie', { ...cookie, set });
    }

    const temporal = window.Temporal?.Now;
    if (temporal) {
      const at = () => window.Temporal.Instant.fromEpochMilliseconds(clock.date());
      const inZone = args => at().toZonedDateTimeISO(args[0] ?? temporal.timeZoneId());
      replace(temporal, 'instant', at);
      replace(temporal, 'zonedDateTimeISO', inZone);
      replace(temporal, 'plainDateTimeISO', args => inZone(args).toPlainDateTime());
      replace(temporal, 'plainDateISO', args => inZone(args).toPlainDate());
      replace(temporal, 'plainTimeISO', args => inZone(args).toPlainTime());
    }

    replace(window.Performance?.prototype, 'now', (args, self, target) => Reflect.apply(target, self, args) + since());
    replaceGetter(window.Performance?.prototype, 'timeOrigin', value => value + place.born.wall);
    replaceGetter(window.Event?.prototype, 'timeStamp', value => value + since());
    replace(window, 'requestAnimationFrame', (args, self, target) => {
      const callback = args[0];
      const shifted = typeof callback === 'function' ? at => callback(at + since()) : callback;
      return Reflect.apply(target, window, [shifted]);
    });
    replace(window.AbortSignal, 'timeout', ([delay]) => {
      const wait = Number(delay);
      if (!(wait >= 0 && wait <= Number.MAX_SAFE_INTEGER)) throw new TypeError("Failed to execute 'timeout' on 'AbortSignal': Value is outside the 'unsigned long long' value range.");
      const controller = new window.AbortController();
      const abort = () => controller.abort(new window.DOMException('signal timed out', 'TimeoutError'));
      clock.add(window, abort, Math.min(wait, 0x7fffffff), [], false);
      return controller.signal;
    });

    // What works without the network, and unseen by the World, counts as busy.
    const subtle = window.SubtleCrypto?.prototype;
    for (const name of subtle ? Object.getOwnPropertyNames(subtle) : []) {
      if (name !== 'constructor') replace(subtle, name, (args, self, target) => clock.work(Reflect.apply(target, self, args)));
    }
    // What may start traffic ends a glide.
    for (const [object, name] of [[window, 'fetch'], [window.XMLHttpRequest?.prototype, 'send'], [window.Navigator?.prototype, 'sendBeacon'],
      [window, 'open'], [window, 'postMessage'], [window.BroadcastChannel?.prototype, 'postMessage'], [window.Worker?.prototype, 'postMessage'],
      [window.MessagePort?.prototype, 'postMessage'], [window.Storage?.prototype, 'setItem'], [window.Storage?.prototype, 'removeItem'],
      [window.Storage?.prototype, 'clear'], [window.HTMLFormElement?.prototype, 'submit'], [window.HTMLFormElement?.prototype, 'requestSubmit'],
      [window.HTMLElement?.prototype, 'click']]) {
      replace(object, name, (args, self, target) => {
        if (name === 'postMessage') clock.send();
        else clock.start();
        return Reflect.apply(target, self ?? window, args);
      });
    }
    const askLocks = window.LockManager?.prototype.query;
    replace(window.LockManager?.prototype, 'request', (args, self, target) => {
      clock.send();
      clock.usesLocks(() => Reflect.apply(askLocks, self, []));
      return Reflect.apply(target, self, args);
    });
    window.navigation?.addEventListener('navigate', () => clock.start());
    for (const [name, property] of [['HTMLScriptElement', 'src'], ['HTMLImageElement', 'src'], ['HTMLIFrameElement', 'src'],
      ['HTMLIFrameElement', 'srcdoc'], ['HTMLLinkElement', 'href'], ['HTMLObjectElement', 'data']]) {
      const d = Object.getOwnPropertyDescriptor(window[name]?.prototype ?? {}, property);
      if (d?.set) {
        const set = new Proxy(d.set, { apply: (target, self, args) => {
          clock.start();
          if (name === 'HTMLIFrameElement' && property === 'src') clock.load(self);
          return Reflect.apply(target, self, args);
        } });
        Object.defineProperty(window[name].prototype, property, { ...d, set });
      }
    }
    replace(window.Element?.prototype, 'setAttribute', (args, self, target) => {
      if (/^(src|srcdoc|href|data)$/i.test(args[0])) clock.start();
      if (/^src$/i.test(args[0]) && self instanceof window.HTMLIFrameElement) clock.load(self);
      return Reflect.apply(target, self, args);
    });

    window.addEventListener('message', event => {
      clock.send();
      let message;
      try { message = JSON.stringify(event.data); } catch { message = String(event.data); }
      tell?.(JSON.stringify({ origin: event.origin, target: window.origin, data: message ?? 'undefined', string: typeof event.data === 'string' }));
    }, true);
  }

  const above = inherited();
  const clock = above ?? makeClock();
  const place = {
    clock, root: !above, used: false, born: { mono: 0, wall: 0 },
    begin(setting) {
      if (!place.used) place.born = setting;
      if (place.root) clock.set(setting);
    },
  };
  Object.defineProperty(window, KEY, { value: place });
  install(clock);
  if (above) window.addEventListener('pagehide', event => { if (!event.persisted) clock.leave(window); });
})
