// What the report of a failed test has: a test that fails runs in a process of its own.
const { execFile } = require('node:child_process');
const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { test, expect } = require('@playwright/test');

test('a failed test has diagnosis, timeline and events in its report, and no secret', async ({}, info) => {
  const secretsFile = info.outputPath('secrets.json');
  const { code, report } = await run(['test', '-c', join(__dirname, 'failing'), '--reporter=json'],
    { FAILING_OUTPUT: info.outputPath('failing'), FAILING_SECRETS: secretsFile });
  expect(code).toBe(1);
  const [failed] = report.suites[0].specs[0].tests[0].results;
  const said = failed.errors.map((error) => error.message).join('\n');
  expect(said).toMatch(/mockauth0: no renewals instead of 1 by polls[^]*The refresh token was revoked/);
  expect(said).toContain('mockauth0: 1 renewal instead of 0'); // what was expected until the end

  const attached = Object.fromEntries(failed.attachments.filter(({ body }) => body).map(({ name, body }) => [name, Buffer.from(body, 'base64').toString()]));
  expect(attached['mockauth0-diagnosis']).toMatch(/^## .*\(`refresh_token_revoked`/);
  expect(attached['mockauth0-diagnosis']).toContain('**What to change:**');
  expect(attached['mockauth0-timeline.txt']).toMatch(/\+06:00:\d\d\.\d{3} .*refresh/i);
  const events = JSON.parse(attached['mockauth0-events.json']);
  expect(events.map((event) => event.type)).toContain('fertft'); // Auth0's type of a refresh token that was refused
  const secrets = JSON.parse(readFileSync(secretsFile, 'utf8'));
  expect(secrets.length).toBeGreaterThan(6);
  const everything = JSON.stringify(failed.attachments) + Object.values(attached).join();
  expect(secrets.filter((secret) => everything.includes(secret))).toEqual([]);
});

function run(args, env) {
  return new Promise((resolve) => {
    execFile(process.execPath, [require.resolve('@playwright/test/cli'), ...args], { env: { ...process.env, ...env }, maxBuffer: 1 << 26 }, (error, out) => {
      resolve({ code: error?.code ?? 0, report: JSON.parse(out) });
    });
  });
}
