'use strict';
// The part of the Cypress helpers that runs in Node: in setupNodeEvents, `return mockauth0(on, config, { tenant: './acme' })`.
const { start } = require('./index.js');
const { createClient } = require('./client.js');
const { fetchFrom } = require('./lib/fetch.js');
const { milliseconds } = require('./lib/duration.js');

/** mockauth0 starts a tenant, registers the tasks that the commands use, and gives the configuration with where the tenant is. */
async function mockauth0(on, config, options = {}) {
  const tenant = await start(options);
  const { fetch, close } = fetchFrom(tenant);
  const client = createClient({ url: tenant.issuer, token: options.controlToken, fetch });
  on('task', tasksOf(client));
  on('after:run', async () => {
    close();
    await tenant.stop();
  });
  return { ...config, env: { ...config.env, mockauth0: { issuer: tenant.issuer, domain: tenant.domain, caFile: tenant.caFile } } };
}

// What a task gives must not be undefined: Cypress takes that for a task that there is not.
function tasksOf(client) {
  const task = (run) => async (given) => (await run(given)) ?? null;
  return {
    'mockauth0:control': task(({ method, path, body }) => client.request(method, path, body)),
    'mockauth0:login': task(({ user, client: by }) => client.logIn({ user, ...(by ? { client: by } : {}) })),
    'mockauth0:advance': task(async ({ duration }) => {
      const ms = milliseconds(duration);
      await client.moveClock({ advance: `${ms}ms` });
      return ms;
    }),
    'mockauth0:events': task(async (query) => (await client.listEvents(query ?? {})).events),
    'mockauth0:diagnoses': task(async () => (await client.listDiagnoses()).diagnoses),
    'mockauth0:mail': task(async ({ to, timeout = '10s' }) => (await client.waitForMail({ to, timeout })).mail),
  };
}

exports.mockauth0 = mockauth0;
exports.tasksOf = tasksOf;
