'use strict';
const operations = require('./lib/operations.js');

/** A refusal of the control API, or an answer that is none of its own. */
class ControlError extends Error {
  constructor(asked, status, answer) {
    const { error, error_description: description } = answer !== null && typeof answer === 'object' ? answer : {};
    super(`mockauth0: ${asked}: ${status}${error ? ` ${error}` : ''}: ${description ?? (typeof answer === 'string' ? answer.slice(0, 500) : JSON.stringify(answer))}`);
    this.name = 'ControlError';
    this.status = status;
    this.error = error;
    this.description = description;
  }
}

/** createClient makes a client of the control API of a running tenant. */
function createClient({ url, token, fetch: ask = globalThis.fetch }) {
  const base = new URL(url).origin;

  async function send(method, path, { body, headers = {}, signal } = {}) {
    const asked = `${method} ${path}`;
    let answer;
    try {
      answer = await ask(base + path, {
        method, signal,
        headers: {
          ...(body === undefined ? {} : { 'Content-Type': 'application/json' }), ...(token ? { Authorization: `Bearer ${token}` } : {}), ...headers,
        },
        body: body === undefined ? undefined : JSON.stringify(body),
      });
    } catch (cause) {
      if (signal?.aborted) throw cause;
      throw new Error(`mockauth0: ${asked}: nothing answers at ${base} (${reason(cause)})`, { cause });
    }
    if (!answer.ok) throw new ControlError(asked, answer.status, await read(answer));
    return answer;
  }

  async function call(operation, args) {
    const { path, body, headers, signal } = request(operation, args);
    return read(await send(operation.method, path, { body, headers, signal }));
  }

  async function* stream(operation, args) {
    const { path, headers, signal } = request(operation, args);
    const answer = await send(operation.method, path, { headers: { ...headers, Accept: 'text/event-stream' }, signal });
    const decoder = new TextDecoder();
    let rest = '';
    for await (const chunk of answer.body) {
      const blocks = (rest + decoder.decode(chunk, { stream: true })).split('\n\n');
      rest = blocks.pop();
      for (const block of blocks) {
        const data = block.split('\n').filter((line) => line.startsWith('data:')).map((line) => line.slice(5).trimStart()).join('\n');
        if (data) yield JSON.parse(data);
      }
    }
  }

  const client = {
    url: base,
    /** request sends any request; path is below /__mock/v1, or begins with /__mock/. */
    async request(method, path, body) {
      const asked = path.startsWith('/') ? path : `/${path}`;
      return read(await send(method, asked.startsWith('/__mock/') ? asked : `/__mock/v1${asked}`, { body }));
    },
  };
  for (const [name, operation] of Object.entries(operations)) {
    client[name] = (...args) => (operation.stream ? stream(operation, args) : call(operation, args));
  }
  return client;
}

// request puts arguments where an operation wants them: those of the path in their order, the body, and the rest by name.
function request(operation, args) {
  const given = [...args];
  const path = operation.path.replace(/\{(\w+)\}/g, (_, name) => {
    const value = given.shift();
    if (value === undefined || value === '') throw new TypeError(`mockauth0: ${operation.method} ${operation.path} needs ${name}`);
    return encodeURIComponent(value);
  });
  const body = operation.body ? given.shift() ?? {} : undefined;
  const { signal, ...options } = given.shift() ?? {};
  const query = new URLSearchParams(), headers = {};
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined) continue;
    if (operation.headers.includes(name)) headers[name] = String(value);
    else query.set(name, value); // the tenant names those that it does not know
  }
  const asked = query.toString();
  return { path: asked ? `${path}?${asked}` : path, body, headers, signal };
}

async function read(answer) {
  const text = await answer.text();
  if (text === '') return undefined;
  if (!/json/.test(answer.headers.get('content-type') ?? '')) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function reason(error) {
  const cause = error.cause ?? error;
  const text = cause.code ?? cause.message;
  return /CERT|SELF_SIGNED|UNABLE_TO_VERIFY/.test(text) ? `${text}: start Node with NODE_EXTRA_CA_CERTS="$(npx mockauth0 ca --path)", or serve with --http` : text;
}

exports.createClient = createClient;
exports.ControlError = ControlError;
