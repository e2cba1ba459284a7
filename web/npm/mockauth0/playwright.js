'use strict';
const { mkdirSync, mkdtempSync, rmSync, writeFileSync } = require('node:fs');
const { createHash, X509Certificate } = require('node:crypto');
const { readFileSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const base = require('@playwright/test');
const { start } = require('./index.js');
const { createClient } = require('./client.js');
const { fetchFrom } = require('./lib/fetch.js');
const { checkOptions, PLAYWRIGHT } = require('./lib/options.js');
const { Tenant } = require('./lib/tenant.js');

const COOKIES = ['allowed', 'blocked'];

// A worker has a tenant in a process of its own. An app has its tenant's domain built in, so that all these tenants have the same one, and
// the browser of each worker is told where that is.
const worker = {
  mockauth0: [{}, { scope: 'worker', option: true }],

  _mockauth0: [async ({ mockauth0: options, browserName }, use) => {
    checkOptions(options, PLAYWRIGHT);
    const { cookies = 'blocked', domain = options.http ? 'http://localhost:4443' : 'localhost:4443', ...served } = options;
    if (!COOKIES.includes(cookies)) throw new TypeError(`mockauth0: cookies is ${JSON.stringify(cookies)}; expected ${COOKIES.join(' or ')}`);
    const host = domain.replace(/^https?:\/\//, '');
    const mapped = browserName === 'chromium';
    const tenant = await start({
      ...served, domain, listen: mapped ? '127.0.0.1:0' : `127.0.0.1:${port(domain)}`,
      // The file of libfaketime is one for all tenants of a domain. Programs follow the tenant of a worker by its control API.
      env: { MOCKAUTH0_LIBFAKETIME: 'off', ...served.env },
    });
    const { fetch, close } = fetchFrom(tenant);
    const client = createClient({ url: tenant.issuer, token: options.controlToken, fetch });
    const flags = [];
    if (mapped) {
      flags.push(`--host-resolver-rules=MAP ${host.includes(':') ? host : `${host}:${port(domain)}`} ${tenant.listen}`);
      if (tenant.caFile) flags.push(`--ignore-certificate-errors-spki-list=${publicKeyHash(tenant.caFile)}`);
    }
    await use({ tenant, client, cookies, flags });
    close();
    await tenant.stop();
  }, { scope: 'worker', timeout: 30_000 }],

  launchOptions: [async ({ launchOptions, _mockauth0 }, use) => {
    await use({ ...launchOptions, args: merge(launchOptions.args ?? [], _mockauth0.flags) });
  }, { scope: 'worker' }],

  // The browser keeps its rule for the tenant's cookie in frames in a file of its profile, which only a persistent context lets one write.
  browser: [async ({ playwright, browserName, launchOptions, headless, channel, _mockauth0 }, use) => {
    const options = { handleSIGINT: false, ...launchOptions, ...(headless === undefined ? {} : { headless }), ...(channel === undefined ? {} : { channel }) };
    const type = playwright[browserName];
    if (browserName !== 'chromium') {
      const browser = await type.launch({ ...options, ...(browserName === 'firefox' ? { firefoxUserPrefs: firefoxPreferences(_mockauth0.cookies, options) } : {}) });
      await use(browser);
      await browser.close();
      return;
    }
    const profile = mkdtempSync(join(tmpdir(), 'mockauth0-profile-'));
    mkdirSync(join(profile, 'Default'));
    writeFileSync(join(profile, 'Default/Preferences'), JSON.stringify({ profile: { cookie_controls_mode: _mockauth0.cookies === 'allowed' ? 0 : 1 } }));
    const context = await type.launchPersistentContext(profile, options);
    const browser = context.browser();
    const session = await browser.newBrowserCDPSession();
    // The headless shell has no such rule, and sends the cookie unless each page is told otherwise.
    _mockauth0.shell = (await session.send('Browser.getVersion')).product.startsWith('HeadlessChrome/');
    await session.detach();
    await use(browser);
    await context.close();
    await browser.close();
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }, { scope: 'worker', timeout: 0 }],
};

const each = {
  // Each test begins with the tenant as configured, whether it asks for auth0 or not, and leaves what the tenant knows when it failed.
  _mockauth0Test: [async ({ _mockauth0 }, use, info) => {
    await _mockauth0.client.reset();
    const expected = [];
    await use({ expected });
    let failure;
    for (const check of expected) await check().catch((error) => { failure ??= error; });
    if (failure || info.status !== info.expectedStatus) await attach(_mockauth0, info);
    if (failure) throw failure;
  }, { auto: true }],

  auth0: async ({ context, _mockauth0, _mockauth0Test }, use) => {
    const auth0 = await Tenant.of(_mockauth0, _mockauth0Test.expected, context);
    await use(auth0);
    auth0.close();
  },
};

async function attach({ client, tenant }, info) {
  const [{ diagnoses }, { events }] = await Promise.all([client.listDiagnoses(), client.listEvents()]);
  const { timelineOf, textOf, unasked } = require('./lib/report.js');
  const requests = events.filter((event) => event.kind === 'request');
  await info.attach('mockauth0-diagnosis', { body: unasked(requests, tenant.domain) || textOf(diagnoses), contentType: 'text/markdown' });
  await info.attach('mockauth0-timeline.txt', { body: timelineOf(events), contentType: 'text/plain' });
  await info.attach('mockauth0-events.json', { body: JSON.stringify(events, null, 2), contentType: 'application/json' });
}

// merge adds flags. Of two with one name the browser takes the last, so that rules of yours and of the fixture are one.
function merge(args, flags) {
  const name = (flag) => flag.slice(0, flag.indexOf('='));
  return flags.reduce((all, flag) => {
    const same = all.find((each) => each.startsWith(`${name(flag)}=`));
    return same ? all.map((each) => (each === same ? `${same},${flag.slice(name(flag).length + 1)}` : each)) : [...all, flag];
  }, args);
}

function port(domain) { return /:(\d+)$/.exec(domain)?.[1] ?? (domain.startsWith('http://') ? '80' : '443'); }

function publicKeyHash(caFile) {
  return createHash('sha256').update(new X509Certificate(readFileSync(caFile)).publicKey.export({ type: 'spki', format: 'der' })).digest('base64');
}

function firefoxPreferences(cookies, { firefoxUserPrefs }) {
  return { 'network.cookie.cookieBehavior': cookies === 'allowed' ? 0 : 1, ...firefoxUserPrefs };
}

exports.test = base.test.extend(worker).extend(each);
exports.expect = base.expect;
