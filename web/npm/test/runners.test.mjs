// The set-ups for Vitest and Jest, and the part of the Cypress helpers that runs in Node.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { npmDir, project, run } from './project.mjs';

let at;
before(() => { at = project(); });
after(() => at?.remove());

test('Vitest: tests trust the tenant, which ends with them', async () => {
  for (const name of ['vitest', 'vite']) symlinkSync(join(npmDir, 'node_modules', name), join(at.dir, 'node_modules', name));
  writeFileSync(join(at.dir, 'vitest.config.mjs'), "export default { test: { globalSetup: ['mockauth0/vitest'], include: ['*.spec.mjs'] } };\n");
  writeFileSync(join(at.dir, 'tenant.spec.mjs'), `import { expect, inject, test } from 'vitest';
    test('trusts', async () => {
      const answer = await fetch(process.env.AUTH0_ISSUER + '.well-known/openid-configuration');
      expect((await answer.json()).issuer).toBe(process.env.AUTH0_ISSUER);
      expect(inject('mockauth0').domain).toBe(process.env.AUTH0_DOMAIN);
      const clock = await fetch(process.env.MOCKAUTH0_CONTROL + '/clock');
      expect(clock.status).toBe(200);
      console.log('issuer ' + process.env.AUTH0_ISSUER);
    });`);
  const end = await run(at, process.execPath, [join(npmDir, 'node_modules/vitest/vitest.mjs'), 'run']).ended;
  assert.equal(end.code, 0, end.out + end.err);
  const [, issuer] = /issuer (\S+)/.exec(end.out);
  await assert.rejects(fetch(issuer), 'the tenant is still there');
});

// Jest brings 278 packages, so that it is no dependency of these tests: make npm-jest installs it and runs this one.
const jest = process.env.MOCKAUTH0_JEST;
test('Jest: tests trust the tenant, which ends with them', { skip: !jest && 'make npm-jest' }, async () => {
  writeFileSync(join(at.dir, 'jest.config.js'), `module.exports = {
    globalSetup: 'mockauth0/jest', globalTeardown: 'mockauth0/jest-teardown', testMatch: ['**/*.jest.js'], testEnvironment: 'node', maxWorkers: 2,
  };`);
  for (const name of ['one', 'two']) {
    writeFileSync(join(at.dir, `${name}.jest.js`), `test('trusts', async () => {
      const answer = await fetch(process.env.AUTH0_ISSUER + '.well-known/openid-configuration');
      expect((await answer.json()).issuer).toBe(process.env.AUTH0_ISSUER);
      expect((await fetch(process.env.MOCKAUTH0_CONTROL + '/clock')).status).toBe(200);
      require('node:fs').writeFileSync('${name}.issuer', process.env.AUTH0_ISSUER);
    });`);
  }
  const end = await run(at, process.execPath, [join(jest, 'bin/jest.js')]).ended;
  assert.equal(end.code, 0, end.out + end.err);
  const [one, two] = ['one', 'two'].map((name) => readFileSync(join(at.dir, `${name}.issuer`), 'utf8'));
  assert.equal(one, two);
  await assert.rejects(fetch(one), 'the tenant is still there');
});

test('Jest: set-up and tear-down', () => {
  const script = `(async () => {
    await require('mockauth0/jest')();
    const child = require('node:child_process').execFileSync(process.execPath, ['-e', \`fetch(process.env.AUTH0_ISSUER + '.well-known/jwks.json').then((a) => console.log(a.status))\`]);
    console.log(String(child).trim());
    await require('mockauth0/jest-teardown')();
    console.log(process.env.AUTH0_ISSUER);
  })()`;
  assert.equal(execFileSync(process.execPath, ['-e', script], { cwd: at.dir, env: at.env, encoding: 'utf8' }), '200\nundefined\n');
});

test('Cypress: the tasks of the commands', async () => {
  const require = createRequire(join(at.dir, 'package.json'));
  const { mockauth0 } = require('mockauth0/cypress');
  const heard = {};
  const config = await mockauth0((name, action) => { heard[name] = action; }, { env: { own: 1 } }, { dataDir: join(at.dir, 'data') });
  const tasks = heard.task;
  try {
    assert.equal(config.env.own, 1);
    assert.match(config.env.mockauth0.issuer, /^https:\/\/localhost:\d+\/$/);
    const { cookies } = await tasks['mockauth0:login']({ user: 'ada@example.test' });
    assert.ok(cookies.some((cookie) => cookie.name === 'auth0' && cookie.domain === 'localhost'));
    assert.equal(await tasks['mockauth0:advance']({ duration: '1h30m' }), 5_400_000);
    assert.equal((await tasks['mockauth0:control']({ method: 'GET', path: '/clock' })).offset_ms, 5_400_000);
    assert.ok((await tasks['mockauth0:events']()).length > 0);
    assert.deepEqual(await tasks['mockauth0:diagnoses'](), []);
    const since = await tasks['mockauth0:newest']();
    assert.deepEqual(await tasks['mockauth0:renewals']({ since, times: 0, timeout: 0 }), { count: 0, problem: '' });
    const { problem } = await tasks['mockauth0:renewals']({ since, times: 1, timeout: 0 });
    assert.match(problem, /^mockauth0: no renewals instead of 1\n\nNo request of a page has reached the tenant in this test.*\n.* than localhost:\d+: /);
    await assert.rejects(tasks['mockauth0:advance']({ duration: 'soon' }), /write it with its unit/);
  } finally {
    await heard['after:run']();
  }
});

test('Cypress: the commands ask for tasks that there are', () => {
  const require = createRequire(join(at.dir, 'package.json'));
  const { tasksOf } = require('mockauth0/cypress');
  const commands = {}, asked = [];
  const chain = { then: (next) => { next({ cookies: [{ name: 'auth0', value: 'x', domain: 'localhost', path: '/', secure: true, httpOnly: true, sameSite: 'None' }] }); return chain; } };
  const clock = { then: (next) => next({ Date, setSystemTime: (to) => asked.push(['clock', to > Date.now()]) }) };
  Object.assign(globalThis, {
    Cypress: { Commands: { add: (name, command) => { commands[name] = command; } }, config: () => 4000 },
    cy: { task: (name) => { asked.push(name); return name === 'mockauth0:advance' ? { then: (next) => next(7_200_000) } : chain; }, setCookie: (name, value, options) => asked.push(['cookie', name, options.sameSite]), clock: () => clock },
  });
  require('mockauth0/cypress-commands');
  commands.loginAs('ada@example.test');
  commands.advance('2h');
  for (const name of Object.keys(commands)) if (!['loginAs', 'advance', 'expectRenewal'].includes(name)) commands[name]('2h');
  assert.throws(() => commands.expectRenewal({ times: 1 }), /cy\.expectRenewal needs the commands/);
  commands.expectRenewal(() => asked.push(['during']));
  assert.deepEqual(asked.slice(-3), ['mockauth0:newest', ['during'], 'mockauth0:renewals']);
  const there = Object.keys(tasksOf({}));
  for (const name of asked) if (typeof name === 'string') assert.ok(there.includes(name), `there is no task ${name}`);
  assert.ok(asked.some((each) => each[0] === 'cookie' && each[2] === 'no_restriction'));
  assert.ok(asked.some((each) => each[0] === 'clock' && each[1]));
});
