// The control API of this tenant. The page knows nothing that this does not say.

const base = '/__mock/v1';
const kept = 'mockauth0-control-token';

// From another machine the API wants its token. It comes in the fragment, which no server and no log sees, and leaves the address at
// once; the tab keeps it until it is closed.
const given = /[#&]token=([^&]+)/.exec(location.hash);
if (given) {
  sessionStorage.setItem(kept, decodeURIComponent(given[1]));
  history.replaceState(null, '', location.pathname + location.search);
}

export const useToken = (token) => sessionStorage.setItem(kept, token);

function headers(more) {
  const token = sessionStorage.getItem(kept);
  return token ? { ...more, Authorization: `Bearer ${token}` } : more;
}

export class Refused extends Error {
  constructor(status, code, text) {
    super(text);
    this.status = status;
    this.code = code;
  }
}

async function sent(method, path, options = {}) {
  let answer;
  try {
    answer = await fetch(base + path, { method, cache: 'no-store', ...options });
  } catch (failure) {
    if (failure.name === 'AbortError') throw failure;
    throw new Refused(0, 'unreachable', 'The tenant does not answer. Is it still running?');
  }
  if (answer.ok) return answer;
  const text = await answer.text();
  let said = {};
  try { said = JSON.parse(text); } catch { /* not the API's answer */ }
  throw new Refused(answer.status, said.error, said.error_description ?? `${method} ${path}: ${answer.status} ${text.slice(0, 200)}`);
}

// ask sends a request, with JSON where there is something to send, and reads JSON.
export async function ask(method, path, body) {
  const answer = await sent(method, path, {
    headers: headers(body === undefined ? {} : { 'Content-Type': 'application/json' }),
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  return answer.json();
}

export const get = (path) => ask('GET', path);

// download reads a document as it is.
export const download = async (path) => (await sent('GET', path, { headers: headers({}) })).blob();

// There may be more events than this page can take: it works so long at a time, and then lets the browser paint. What it does not
// read, the tenant leaves out, and says so.
const slice = 8;
const rest = 8;
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

// follow reads events for ever, from the oldest that the tenant keeps. take gets each with its text; state hears of the connection.
export async function follow(take, state) {
  let last = 0;
  for (let wait = 250; ; wait = Math.min(wait * 2, 4000)) {
    try {
      const answer = await sent('GET', '/events', { headers: headers({ Accept: 'text/event-stream', 'Last-Event-ID': last }) });
      state('live');
      wait = 250;
      last = await read(answer.body.pipeThrough(new TextDecoderStream()).getReader(), last, take);
    } catch (failure) {
      if (failure.status === 403) {
        state('refused', failure);
        return;
      }
    }
    state('lost');
    await pause(wait);
  }
}

// read takes the events of a stream until it ends or breaks off, and returns the number of the last one.
async function read(reader, last, take) {
  let buffer = '';
  let began = performance.now();
  for (;;) {
    const { done, value } = await reader.read().catch(() => ({ done: true }));
    if (done) return last;
    const parts = (buffer + value).split('\n\n');
    buffer = parts.pop();
    for (const part of parts) {
      const at = part.indexOf('data:');
      if (at < 0) continue;
      const text = part.slice(at + 5).trim();
      const event = JSON.parse(text);
      last = event.seq;
      take(event, text);
      if (performance.now() - began > slice) {
        await pause(rest);
        began = performance.now();
      }
    }
  }
}
