'use strict';
const { spawn } = require('node:child_process');
const { findBinary } = require('./lib/binary.js');
const { checkOptions, START } = require('./lib/options.js');

/** start serves a tenant as long as this process lives, or until stop is called. */
async function start(options = {}) {
  checkOptions(options, START);
  const child = spawn(findBinary(), argumentsOf(options), {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'], // the tenant ends when its standard input closes, which it does when this process ends
    windowsHide: true,
  });
  child.stdin.on('error', () => {});
  const said = listen(child, options.log);
  const ended = new Promise((resolve) => {
    child.once('error', (error) => resolve({ error }));
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
  const ready = await Promise.race([said.ready, ended]);
  if (!ready.issuer) {
    const why = ready.error ? ready.error.message : `it ended with ${ready.signal ?? `exit code ${ready.code}`}`;
    throw new Error(`mockauth0: the tenant did not start: ${why}\n${said.text()}`.trim());
  }
  const handles = [child, child.stdin, child.stdout, child.stderr];
  for (const handle of handles) handle.unref(); // alone, none of these keeps this process alive
  return {
    issuer: ready.issuer,
    domain: ready.domain,
    listen: ready.listen,
    caFile: ready.ca_file,
    control: ready.control,
    pid: ready.pid,
    log: said.text,
    async stop() {
      for (const handle of handles) handle.ref(); // 'close' comes after the end of both streams, which can be after that of the program
      child.stdin.end();
      await ended;
    },
  };
}

function argumentsOf({ tenant, app = [], clientId, audience, callback, scenario, domain, http, listen = '127.0.0.1:0', controlToken, dataDir, args = [] }) {
  const given = ['serve', '--exit-with-stdin', `--listen=${listen}`];
  const flags = { tenant, 'client-id': clientId, audience, callback, scenario, domain, 'control-token': controlToken, 'data-dir': dataDir };
  for (const [flag, value] of Object.entries(flags)) if (value !== undefined) given.push(`--${flag}=${value}`);
  for (const url of [app].flat()) given.push(`--app=${url}`);
  if (http === true) given.push('--http');
  if (http === false) given.push('--https');
  return [...given, ...args];
}

// listen reads what the program says: the JSON line on stdout, and on stderr what is for people.
function listen(child, log) {
  const most = 64 << 10;
  let out = '', err = '';
  const ready = new Promise((resolve) => {
    child.stdout.setEncoding('utf8').on('data', (text) => {
      if (out.includes('\n')) return;
      out += text;
      if (!out.includes('\n')) return;
      try {
        resolve(JSON.parse(out));
      } catch {
        resolve({ error: new Error(`its first line is not JSON: ${out}`) });
      }
    });
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    err = (err + text).slice(-most);
    log?.(text);
  });
  return { ready, text: () => err };
}

exports.start = start;
exports.binary = () => findBinary();
