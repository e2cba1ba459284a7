// Moves the clock of a Node program together with that of a mockauth0 tenant: `node --import file:///…/follow.mjs`, as
// `mockauth0 exec --move-clock` and `mockauth0 env --move-clock` arrange it. Node 20.19 or newer.
//
// MOCKAUTH0_CONTROL is the address of the tenant's control API, MOCKAUTH0_CA the file of its certificate authority. MOCKAUTH0_CLOCK is
// where to follow, when that is elsewhere. Date is moved; timers, performance.now() and process.hrtime() go by real time. Where the
// tenant is not there, nothing is moved.

import { readFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { basename } from 'node:path';
import vm from 'node:vm';
import { threadId } from 'node:worker_threads';

const { MOCKAUTH0_CONTROL, MOCKAUTH0_CLOCK, MOCKAUTH0_CA: ca, MOCKAUTH0_FOLLOWER: given } = process.env;
const control = MOCKAUTH0_CLOCK || MOCKAUTH0_CONTROL;
const patience = 2000; // ms that a program waits at its start for the tenant's time
const realNow = Date.now;

let offset = 0; // ms that the tenant is ahead
let stands; // the tenant's time while it is frozen
const now = () => stands ?? realNow() + offset;

if (control && !movedByLibfaketime() && !globalThis[Symbol.for('mockauth0.clock')]) {
  globalThis[Symbol.for('mockauth0.clock')] = true;
  move(globalThis);
  const { createContext } = vm;
  vm.createContext = function (...args) { // jest runs tests in realms of their own, each with a Date
    const context = createContext.apply(this, args);
    try {
      move(vm.runInContext('globalThis', context));
    } catch {
      // a realm that lets nobody in keeps real time
    }
    return context;
  };
  syncBuiltinESMExports();
  await follow();
}

// libfaketime moves the clock below Node, unless it is told to leave this program alone.
function movedByLibfaketime() {
  const { LD_PRELOAD: libraries = '', FAKETIME_SKIP_CMDS: skipped = '' } = process.env;
  return libraries.includes('libfaketime') && !skipped.split(',').includes(basename(process.execPath));
}

// move makes the Date of a realm, and what Intl formats when it is given no date, go by now().
function move(realm) {
  const RealDate = realm.Date;
  const MovedDate = new Proxy(RealDate, {
    construct: (target, args, as) => Reflect.construct(target, args.length === 0 ? [now()] : args, as),
    apply: () => new RealDate(now()).toString(),
  });
  const hidden = (object, name, value) => Object.defineProperty(object, name, { value, writable: true, enumerable: false, configurable: true });
  hidden(RealDate, 'now', { now: () => now() }.now);
  hidden(RealDate.prototype, 'constructor', MovedDate);
  hidden(realm, 'Date', MovedDate);

  const formats = realm.Intl.DateTimeFormat.prototype;
  const { get } = Object.getOwnPropertyDescriptor(formats, 'format');
  const moved = new WeakMap(); // format is one function for each formatter
  Object.defineProperty(formats, 'format', {
    get() {
      const format = get.call(this);
      if (!moved.has(this)) moved.set(this, (date) => format(date === undefined ? now() : date));
      return moved.get(this);
    },
    enumerable: false,
    configurable: true,
  });
  const { formatToParts } = formats;
  hidden(formats, 'formatToParts', { formatToParts(date) { return formatToParts.call(this, date === undefined ? now() : date); } }.formatToParts);
}

// follow takes over where the tenant's clock stands, and returns. From then on it follows each move, on connections that do not keep
// the program alive.
async function follow() {
  let started;
  const begun = new Promise((resolve) => { started = resolve; });
  const timer = setTimeout(started, patience);
  try {
    const { protocol } = new URL(control);
    const { Agent, request } = await import(protocol === 'https:' ? 'node:https' : 'node:http');
    const agent = new Agent({ keepAlive: true, ca: ca ? readFileSync(ca) : undefined });
    const sockets = new Set();
    let free = false; // whether the program may end

    const send = (method, path, body, heard) => {
      const sent = request(control + path, { method, agent, headers: body ? { 'Content-Type': 'application/json' } : {} }, heard);
      sent.on('socket', (socket) => {
        if (free) socket.unref();
        else sockets.add(socket);
      });
      sent.on('error', started); // the tenant is gone: this program's clock stays where it is
      sent.end(body);
    };

    send('GET', `/clock/follow?name=${encodeURIComponent(name())}`, undefined, (stream) => {
      let text = '';
      stream.setEncoding('utf8');
      stream.on('error', started).on('end', started).on('data', (chunk) => {
        text += chunk;
        const events = text.split('\n\n');
        text = events.pop();
        for (const event of events) {
          const told = JSON.parse(event.slice('data: '.length));
          offset = told.offset_ms;
          stands = told.frozen ? Date.parse(told.now) : undefined;
          send('POST', '/clock/followed', JSON.stringify({ follower: told.follower, move: told.move }), (answer) => {
            answer.on('error', started).on('end', started).resume();
          });
        }
      });
    });

    await begun;
    free = true;
    for (const socket of sockets) socket.unref();
  } catch {
    // without the tenant, this program goes by real time
  } finally {
    clearTimeout(timer);
  }
}

// name is how a person knows this program.
function name() {
  if (given) return given;
  const script = process.argv[1] ? ` ${basename(process.argv[1])}` : '';
  const thread = threadId ? `, thread ${threadId}` : '';
  return `${basename(process.execPath)}${script} (${process.pid}${thread})`.slice(-150);
}
