'use strict';
// The part of the Cypress helpers that runs in Node: in setupNodeEvents, `return mockauth0(on, config, { tenant: './acme' })`.
const { start } = require('./index.js');
const { createClient } = require('./client.js');
const { fetchFrom } = require('./lib/fetch.js');
const { milliseconds } = require('./lib/duration.js');
const { allEvents, checkRenewals, newest } = require('./lib/renewals.js');

/** mockauth0 starts a tenant, registers the tasks that the commands use, and gives the configuration with where the tenant is. */
async function mockauth0(on, config, options = {}) {
  const tenant = await start(options);
  const { fetch, close } = fetchFrom(tenant);
  const client = createClient({ url: tenant.issuer, token: options.controlToken, fetch });
  on('task', tasksOf(client, tenant));
  on('after:run', async () => {
    close();
    await tenant.stop();
  });
  return { ...config, env: { ...config.env, mockauth0: { issuer: tenant.issuer, domain: tenant.domain, caFile: tenant.caFile } } };
}

// What a task gives must not be undefined: Cypress takes that for a task that there is not.
function tasksOf(client, { domain } = {}) {
  const task = (run) => async (given) => (await run(given)) ?? null;
  return {
    'mockauth0:control': task(({ method, path, body }) => client.request(method, path, body)),
    'mockauth0:login': task(({ user, client: by }) => client.logIn({ user, ...(by ? { client: by } : {}) })),
    'mockauth0:advance': task(async ({ duration }) => {
      const ms = milliseconds(duration);
      await client.moveClock({ advance: `${ms}ms` });
      return ms;
    }),
    'mockauth0:events': task((query) => allEvents(client, query ?? {})),
    'mockauth0:diagnoses': task(async (query) => (await client.listDiagnoses(query ?? {})).diagnoses),
    'mockauth0:newest': task(() => newest(client)),
    'mockauth0:renewals': task(({ since, timeout, ...expected }) => renewals(client, since, { ...expected, domain }, timeout)),
    'mockauth0:mail': task(async ({ to, timeout = '10s' }) => (await client.waitForMail({ to, timeout })).mail),
  };
}

// Cypress does not tell when a page is quiet, so that renewals are waited for.
async function renewals(client, since, expected, timeout) {
  for (const until = Date.now() + timeout; ;) {
    const { now } = await client.showClock();
    const found = await checkRenewals(client, since, { ...expected, now: new Date(now) });
    if (found.count >= expected.times || Date.now() > until) return found;
    await new Promise((resolve) => { setTimeout(resolve, 100); });
  }
}

exports.mockauth0 = mockauth0;
exports.tasksOf = tasksOf;
