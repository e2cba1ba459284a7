// The tarballs: reproducible, and installed into an empty project they run.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { after, before, test } from 'node:test';
import { built, gone, npmDir, project, run, shim, tarballs } from './project.mjs';

let at;
before(() => { at = project(); });
after(() => at?.remove());

const serve = ['serve', '--listen=127.0.0.1:0'];
const ready = async (p) => JSON.parse((await p.says(/^\{.*\}$/m))[0]);

test('a second build gives the same bytes, with run bits and within the limit', () => {
  const again = `${built}-again`;
  execFileSync(process.execPath, [join(npmDir, 'build.mjs'), '--platforms', 'host', '--out', again], { stdio: 'pipe' });
  try {
    for (const file of tarballs()) {
      assert.ok(readFileSync(file).equals(readFileSync(join(again, basename(file)))), `${basename(file)} differs from build to build`);
      assert.ok(statSync(file).size <= 10_000_000, `${file} is too large`);
    }
    assert.deepEqual(tarballs(again).map((file) => basename(file)), tarballs().map((file) => basename(file)));
  } finally {
    rmSync(again, { recursive: true, force: true });
  }
  for (const file of tarballs()) {
    const listed = execFileSync('tar', ['-tvzf', file], { encoding: 'utf8' });
    assert.match(listed, /^-rwxr-xr-x .*package\/bin\/mockauth0(\.js)?$/m, 'the run bit comes from the tarball');
    assert.match(listed, /package\/LICENSE$/m);
    assert.match(listed, /package\/README\.md$/m);
    assert.doesNotMatch(execFileSync('tar', ['-xOzf', file, 'package/package.json'], { encoding: 'utf8' }), /install"/, 'no install script');
  }
});

test('npx mockauth0 version', async () => {
  const end = await run(at, 'npx', ['mockauth0', 'version']).ended;
  assert.equal(end.code, 0, end.err);
  assert.match(end.out, /^mockauth0 \S+ \w+\/\w+ go\d/);
});

test('arguments and the exit code go through', async () => {
  const end = await run(at, process.execPath, [shim(at), 'validate', './no such directory', '--strict']).ended;
  assert.equal(end.code, 2, end.err);
  assert.match(end.err, /no such directory/);
  const hint = await run(at, process.execPath, [shim(at), 'reproduce', 'nope']).ended;
  assert.match(hint.err, /`npx mockauth0 scenarios` lists them/);
  const command = await run(at, process.execPath, [shim(at), 'exec', '--', process.execPath, '-e', 'process.exit(process.argv.length)', 'a b', '$c "d"']).ended;
  assert.equal(command.code, 3, command.err);
});

for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) {
  test(`serve ends with 0 after ${signal}`, async () => {
    const p = run(at, process.execPath, [shim(at), ...serve]);
    const { pid } = await ready(p);
    p.child.kill(signal);
    assert.equal((await p.ended).code, 0);
    await gone(pid);
  });
}

test('exec passes a signal on once, and ends as its command does', async () => {
  const script = 'process.on("SIGINT", () => { console.log("one"); setTimeout(() => process.exit(7), 300); }); console.log("up"); setInterval(() => {}, 1000)';
  const p = run(at, process.execPath, [shim(at), 'exec', '--', process.execPath, '-e', script]);
  await p.says(/^up$/m);
  p.child.kill('SIGINT');
  const end = await p.ended;
  assert.equal(end.code, 7, end.err);
  assert.equal(end.out.match(/one/g).length, 1);
});

test('the tenant ends with a shim that is killed', async () => {
  const p = run(at, process.execPath, [shim(at), ...serve]);
  const { pid } = await ready(p);
  p.child.kill('SIGKILL');
  await gone(pid);
});

test('the tenant ends with npx, which passes no signal on', async () => {
  const p = run(at, 'npx', ['mockauth0', ...serve]);
  const { pid } = await ready(p);
  p.child.kill('SIGTERM');
  await p.ended;
  await gone(pid);
});

test('start serves a tenant that ends with this process, however that ends', async () => {
  const script = `require('mockauth0').start({ tenant: undefined }).then((t) => { console.log(JSON.stringify(t)); setInterval(() => {}, 1000); })`;
  const p = run(at, process.execPath, ['-e', script]);
  const tenant = JSON.parse((await p.says(/^\{.*\}$/m))[0]);
  assert.equal(tenant.issuer, `https://${tenant.domain}/`);
  assert.match(readFileSync(tenant.caFile, 'utf8'), /BEGIN CERTIFICATE/);
  p.child.kill('SIGKILL');
  await gone(tenant.pid);
});

test('start says why a tenant does not start, does not keep the process alive, and stop ends it', async () => {
  const script = `const { start } = require('mockauth0');
    start({ tenant: './nowhere' }).catch((error) => { console.log(error.message); return start(); })
      .then(async (tenant) => { console.log('pid', tenant.pid); await tenant.stop(); console.log('stopped'); return start(); })
      .then((tenant) => console.log('pid', tenant.pid))`;
  const end = await run(at, process.execPath, ['-e', script]).ended;
  assert.equal(end.code, 0, end.err);
  assert.match(end.out, /the tenant did not start: it ended with exit code 2\n.*nowhere/);
  assert.match(end.out, /pid \d+\nstopped\npid \d+/);
  for (const [, pid] of end.out.matchAll(/pid (\d+)/g)) await gone(Number(pid));
});

test('stop waits for streams that end after the program', { skip: process.platform === 'win32' }, async () => {
  const program = join(at.dir, 'slow-streams.sh');
  writeFileSync(program, '#!/bin/sh\necho \'{"issuer":"https://localhost:1/","pid":1}\'\ncat >/dev/null\nsleep 0.3 &\n', { mode: 0o755 });
  const script = "require('mockauth0').start().then((tenant) => tenant.stop()).then(() => console.log('stopped'))";
  const end = await run(at, process.execPath, ['-e', script], { env: { MOCKAUTH0_BINARY: program } }).ended;
  assert.equal(end.out, 'stopped\n', end.err);
});

test('an option that does not exist is refused', async () => {
  const { start } = createRequire(join(at.dir, 'package.json'))('mockauth0');
  await assert.rejects(start({ tenat: './acme', app: 'http://localhost:5173' }), /^TypeError: mockauth0: there is no option "tenat"; expected tenant, app, /);
});

test('a renewal that was expected too early is explained', async () => {
  const require = createRequire(join(at.dir, 'node_modules/mockauth0/package.json'));
  const { start } = require('./index.js');
  const { createClient } = require('./client.js');
  const { stillValid, unasked } = require('./lib/report.js');
  const tenant = await start({ app: 'http://localhost:5173', http: true, dataDir: join(at.dir, 'data') });
  try {
    const client = createClient({ url: tenant.issuer });
    await client.issueTokens({ user: 'ada@example.test', client: 'My App', audience: 'https://api.example.test/' });
    const { events } = await client.listEvents({ kind: 'token' });
    assert.match(stillValid(events, new Date(Date.now() + 7_200_000)),
      /^The newest access token of My App is valid until \S+Z, and it is \S+Z in the test: .*\nAdvance past that time/);
    assert.equal(stillValid(events, new Date(Date.now() + 48 * 3_600_000)), '');
    assert.equal(stillValid([], new Date()), '');
    assert.match(unasked([], tenant.domain), /^No request of a page has reached the tenant in this test.*\n.* another domain than http:\/\/localhost:\d+: give /);
    assert.equal(unasked(events, tenant.domain), '');
  } finally {
    await tenant.stop();
  }
});

test('import works as require does', async () => {
  const end = await run(at, process.execPath, ['--input-type=module', '-e', 'import { start, binary } from "mockauth0"; console.log(typeof start, binary())']).ended;
  assert.match(end.out, /^function .*mockauth0/, end.err);
});

test('MOCKAUTH0_BINARY names another program', async () => {
  const end = await run(at, process.execPath, [shim(at), '-e', 'console.log("another")'], { env: { MOCKAUTH0_BINARY: process.execPath } }).ended;
  assert.equal(end.out, 'another\n');
});

test('without the package of the platform, the shim says what to do', async () => {
  const scope = join(at.dir, 'node_modules/@mockauth0');
  renameSync(scope, `${scope}-away`);
  try {
    const end = await run(at, process.execPath, [shim(at), 'version']).ended;
    assert.equal(end.code, 1);
    assert.match(end.err, /^mockauth0: the package @mockauth0\/\S+ is not installed.*tarball.* mockauth0-\w+-\w+-VERSION\.tgz.*--omit=optional.*MOCKAUTH0_BINARY/);
  } finally {
    renameSync(`${scope}-away`, scope);
  }
});

test('without its run bit, the shim says so', { skip: process.platform === 'win32' }, async () => {
  mkdirSync(join(at.dir, 'copied'));
  const copy = join(at.dir, 'copied/mockauth0');
  copyFileSync(process.execPath, copy);
  chmodSync(copy, 0o644);
  const end = await run(at, process.execPath, [shim(at), 'version'], { env: { MOCKAUTH0_BINARY: copy } }).ended;
  assert.equal(end.code, 126);
  assert.match(end.err, /without its run bit/);
});

test('the shim adds little to the start', async (t) => {
  const time = (command, args) => {
    const began = process.hrtime.bigint();
    execFileSync(command, args, { cwd: at.dir, env: at.env });
    return Number(process.hrtime.bigint() - began) / 1e6;
  };
  const median = (command, args) => Array.from({ length: 5 }, () => time(command, args)).sort((a, b) => a - b)[2];
  const { binary } = await import(join(at.dir, 'node_modules/mockauth0/index.js'));
  writeFileSync(join(at.dir, 'nothing.js'), '');
  process.env.MOCKAUTH0_BINARY = '';
  const node = median(process.execPath, ['nothing.js']);
  const program = median(binary(), ['version']);
  const through = median(process.execPath, [shim(at), 'version']);
  t.diagnostic(`node alone ${node.toFixed(0)} ms, the program ${program.toFixed(0)} ms, through the shim ${through.toFixed(0)} ms`);
});
