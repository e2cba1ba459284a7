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
    const polls = new Map(); // source of a handler: -1 for each time when what it started did not end soon; 1: once it did, in this document
    const loads = new Map(); // iframe whose address was set: since when; until it has loaded
    let mono = 0, wall = 0, throttle = 0, paused = false, stepped = false;
    let lastID = 0, lastTurn = 0, nesting = 0, gliding = false;
    // How much works now, and how many requests are under way whose end this document sees; and how much was started so far, how much of it
    // is known to others alone, and how much was sent to them.
    let working = 0, owned = 0, started = 0, outside = 0, sent = 0;
    let seen = []; // called when one of these changes
    let handOver = false; // a glide is under way of which the World knows no more than that
    let askLocks = null; // from when the page asks for a lock until nobody has or wants one: asks the browser for the state of them

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

    function changed() {
      for (const resolve of seen.splice(0)) resolve();
    }

    // change resolves when something starts or ends, and after ms of real time.
    function change(ms) {
      return new Promise(resolve => {
        const handle = native.setTimeout(resolve, Math.max(0, ms));
        seen.push(() => { native.clearTimeout(handle); resolve(); });
      });
    }

    // Locks are granted by another process, which answers in order: after its answer, a lock that was free when the
    // page asked for it is granted, and one that the page let go has gone on to whoever waited for it. Once nobody has or
    // wants one, no lock comes to this page before it asks again.
    async function turn() {
      if (askLocks) {
        const asked = askLocks, state = await asked().catch(() => null);
        if (askLocks === asked && state?.held.length === 0 && state.pending.length === 0) askLocks = null;
      }
      return new Promise(resolve => {
        const { port1, port2 } = new native.MessageChannel();
        port1.onmessage = () => { port1.close(); resolve(working); };
        Reflect.apply(native.post, port2, [0]); // the page's own counts as started
      });
    }

    // ends waits until all that the page started has ended, and tells whether it did so in this document, and within ms of real time. A page
    // that waits for a frame, a worker or a navigation is for the World, which sees all of them.
    async function ends(since, ms) {
      const until = native.now() + ms;
      for (let turns = 0, before = started; turns < 3;) {
        if (outside !== since || native.now() > until) return false;
        if (owned + working > 0) {
          await change(until - native.now());
          turns = 0;
          continue;
        }
        await turn();
        turns = started === before && owned + working === 0 ? turns + 1 : 0;
        before = started;
      }
      return outside === since;
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
      // store notes what may be heard in other documents, and has no end.
      store() { started++; },
      start() { started++; outside++; changed(); },
      send() { started++; sent++; outside++; changed(); }, // to somebody who may answer: a frame, a worker, the browser
      // own notes a request, or the body of an answer, whose end the document sees.
      own(promise) {
        started++;
        if (!stepped) return promise;
        owned++;
        const done = () => { owned--; changed(); };
        promise.then(done, done);
        return promise;
      },
      load(frame) {
        loads.set(frame, native.now());
        frame.addEventListener('load', () => loads.delete(frame), { once: true });
      },
      work(promise) {
        working++; started++;
        const done = () => { working--; changed(); };
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
      // `unknown` is how far the earliest is that has not proved to start only what ends in this document.
      state() {
        let first = null, firm = null, unknown = null;
        if (!paused) {
          first = earliest();
          for (const t of timers.values()) {
            if ((calm.get(t.source) ?? 0) >= 3) continue;
            if (!firm || before(t, firm) < 0) firm = t;
            if (!(polls.get(t.source) > 0) && (!unknown || before(t, unknown) < 0)) unknown = t;
          }
        }
        const until = t => t ? dueAt(t) - now() : null;
        let loading = 0;
        for (const [frame, since] of loads) {
          if (native.now() - since > 10000) loads.delete(frame);
          else if (frame.isConnected && /^https?:/.test(frame.src)) loading++;
        }
        return { in: until(first), firm: until(firm), unknown: until(unknown), source: first?.source ?? '', started, sent, loading, mono };
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

      // firing runs what is due, if `fire`, and waits until all has ended that came of it. `quiet`: it has, in this document.
      async firing(fire, patience) {
        const since = outside, due = fire && !paused ? [...timers.values()].filter(t => dueAt(t) <= now()) : [];
        if (fire) await this.fire();
        const quiet = await ends(since, patience);
        if (quiet) for (const t of due) if (!polls.has(t.source)) polls.set(t.source, 1);
        return { ...this.state(), working, quiet };
      },

      // glide moves time by itself through timers that proved calm, at most `room` ms, and stops at any other timer
      // and as soon as a handler starts something. A countdown that ticks each second through a day costs one call.
      // With `patience` it goes on through timers whose requests end within so many ms of real time, for `most` timers and
      // a second at most, and stops when one starts what others have to see. Who asks for that keeps the tenant's
      // requests waiting meanwhile, since the tenant follows only at the end.
      async glide(room, most, patience = 0) {
        const from = mono, limit = now() + room, until = native.now() + 1000;
        let fired = 0, active = false;
        if (paused) return { moved: 0, fired, active };
        gliding = true;
        handOver = patience > 0;
        for (const halted = outside; fired < most && !active && outside === halted && !(patience > 0 && native.now() > until);) {
          const t = earliest();
          if (!t || dueAt(t) > limit || (calm.get(t.source) ?? 0) < 3 && !(patience > 0 && polls.get(t.source) > 0)) break;
          const step = Math.ceil(Math.max(0, dueAt(t) - now()));
          mono += step; wall += step;
          const startedBefore = started, since = outside, frames = window.length;
          run(t);
          fired++;
          await quiet();
          if (started === startedBefore && frames === window.length) continue;
          calm.set(t.source, 0);
          active = patience === 0 || frames !== window.length || !await ends(since, patience);
          if (active && patience > 0 && outside === since) polls.set(t.source, Math.min(0, polls.get(t.source) ?? 0) - 1);
        }
        gliding = handOver = false;
        for (const t of timers.values()) arm(t);
        return { moved: mono - from, fired, active, state: patience > 0 ? this.state() : undefined };
      },

      // halt ends a glide at the next timer: something is under way that this document does not know of.
      halt() { outside++; changed(); },

      // handedOver is where the clock stands, for a document that replaces this one before the World knows of it.
      handedOver: () => handOver ? { mono, wall } : null,

      usesLocks(ask) { askLocks = ask; },

      // turn resolves after one turn of the event loop. A message port is used: it is not throttled in hidden pages.
      turn,
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
    for (const [object, name] of [[window.Navigator?.prototype, 'sendBeacon'], [window, 'open'], [window.HTMLFormElement?.prototype, 'submit'],
      [window.HTMLFormElement?.prototype, 'requestSubmit'], [window.HTMLElement?.prototype, 'click']]) {
      replace(object, name, (args, self, target) => { clock.start(); return Reflect.apply(target, self ?? window, args); });
    }
    for (const name of ['setItem', 'removeItem', 'clear']) {
      replace(window.Storage?.prototype, name, (args, self, target) => { clock.store(); return Reflect.apply(target, self, args); });
    }
    replace(window, 'fetch', (args, self, target) => clock.own(Reflect.apply(target, self ?? window, args)));
    for (const name of ['arrayBuffer', 'blob', 'bytes', 'formData', 'json', 'text']) {
      replace(window.Response?.prototype, name, (args, self, target) => clock.own(Reflect.apply(target, self, args)));
    }
    replaceGetter(window.Response?.prototype, 'body', stream => { clock.start(); return stream; }); // nobody sees a stream's end
    replace(window.XMLHttpRequest?.prototype, 'send', (args, self, target) => {
      const ended = new Promise(resolve => { self.addEventListener('loadend', resolve, { once: true }); });
      Reflect.apply(target, self, args);
      clock.own(ended);
    });
    installMessages(clock);
    const askLocks = window.LockManager?.prototype.query;
    replace(window.LockManager?.prototype, 'request', (args, self, target) => {
      clock.send();
      clock.usesLocks(() => Reflect.apply(askLocks, self, []));
      return Reflect.apply(target, self, args);
    });
    window.navigation?.addEventListener('navigate', event => {
      clock.start();
      const at = !event.destination?.sameDocument && clock.handedOver();
      try { if (at) handing.set(JSON.stringify(at)); } catch { /* a document without storage */ }
    });
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

  // Messages go to somebody who may answer, but for those to a port that this document hears: such is how some frameworks wait for a turn of
  // the event loop.
  function installMessages(clock) {
    const others = new WeakMap(), heard = new WeakSet(); // port: the one at its other end
    const NativeChannel = window.MessageChannel;
    if (NativeChannel) {
      window.MessageChannel = new Proxy(NativeChannel, { construct(target, args, newTarget) {
        const channel = Reflect.construct(target, args, newTarget === window.MessageChannel ? target : newTarget);
        others.set(channel.port1, channel.port2).set(channel.port2, channel.port1);
        return channel;
      } });
      NativeChannel.prototype.constructor = window.MessageChannel;
    }
    const hear = Object.getOwnPropertyDescriptor(window.MessagePort?.prototype ?? {}, 'onmessage');
    if (hear?.set) {
      const set = new Proxy(hear.set, { apply: (target, self, args) => { heard.add(self); return Reflect.apply(target, self, args); } });
      Object.defineProperty(window.MessagePort.prototype, 'onmessage', { ...hear, set });
    }
    for (const object of [window, window.BroadcastChannel?.prototype, window.Worker?.prototype, window.MessagePort?.prototype]) {
      replace(object, 'postMessage', (args, self, target) => {
        if (heard.has(others.get(self))) clock.store();
        else clock.send();
        return Reflect.apply(target, self ?? window, args);
      });
    }
  }

  // What a document hands over to the one that replaces it waits in the storage of their tab from the one to the other.
  const handing = (() => {
    const { setItem, getItem, removeItem } = window.Storage?.prototype ?? {};
    const name = 'mockauth0.clock';
    return {
      set: text => Reflect.apply(setItem, window.sessionStorage, [name, text]),
      take() {
        try {
          const text = Reflect.apply(getItem, window.sessionStorage, [name]);
          if (text) Reflect.apply(removeItem, window.sessionStorage, [name]);
          return JSON.parse(text);
        } catch { return null; } // a document without storage
      },
    };
  })();

  const above = inherited();
  const clock = above ?? makeClock();
  const handed = above ? null : handing.take();
  const place = {
    clock, root: !above, used: false, born: { mono: 0, wall: 0 },
    begin(setting) {
      if (handed?.mono > setting.mono) setting = { ...setting, ...handed };
      if (!place.used) place.born = setting;
      if (place.root) clock.set(setting);
    },
  };
  Object.defineProperty(window, KEY, { value: place });
  install(clock);
  if (above) window.addEventListener('pagehide', event => { if (!event.persisted) clock.leave(window); });
})
