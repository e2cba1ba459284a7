'use strict';
// Global set-up of Vitest: a tenant as long as the tests run. In vitest.config: globalSetup: ['mockauth0/vitest'], and the tenant by the
// environment (MOCKAUTH0_TENANT, …), or in a file of yours: export default setup({ tenant: './acme' }).
const { start } = require('./index.js');

const given = ['tenant', 'app', 'domain', 'scenario'];

/** setup makes a global set-up, which returns its end. */
function setup(options = {}) {
  return async (project) => {
    const named = Object.fromEntries(given.map((name) => [name, process.env[`MOCKAUTH0_${name.toUpperCase()}`]]).filter(([, value]) => value));
    const tenant = await start({ ...named, ...options });
    const settings = environmentOf(tenant);
    const before = Object.fromEntries(Object.keys(settings).map((name) => [name, process.env[name]]));
    Object.assign(process.env, settings); // of the processes in which the tests run, which start later
    project?.provide?.('mockauth0', { issuer: tenant.issuer, domain: tenant.domain, caFile: tenant.caFile, control: tenant.control });
    return async () => {
      for (const [name, value] of Object.entries(before)) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
      await tenant.stop();
    };
  };
}

function environmentOf({ issuer, domain, caFile, control }) {
  return {
    AUTH0_DOMAIN: domain, AUTH0_ISSUER: issuer, ISSUER_BASE_URL: issuer.replace(/\/$/, ''), MOCKAUTH0_CONTROL: control,
    ...(caFile ? { NODE_EXTRA_CA_CERTS: caFile } : {}),
  };
}

exports.setup = setup;
exports.environmentOf = environmentOf;
exports.default = setup();
Object.defineProperty(exports, '__esModule', { value: true });
