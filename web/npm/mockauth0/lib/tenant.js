'use strict';
const { milliseconds } = require('./duration.js');
const { Stepper } = require('./stepper.js');
const { allEvents, checkRenewals, newest } = require('./renewals.js');

/** Tenant is what a test is given as auth0. */
class Tenant {
  #worker;
  #expected;
  #context;
  #stepper;

  static async of(worker, expected, context) {
    const auth0 = new Tenant();
    auth0.#worker = worker;
    auth0.#expected = expected;
    auth0.#context = context;
    const { offset_ms: offset } = await worker.client.showClock();
    auth0.#stepper = new Stepper(moverOf(worker), offset);
    await auth0.follow(context);
    return auth0;
  }

  get issuer() { return this.#worker.tenant.issuer; }
  get domain() { return this.#worker.tenant.domain; }
  get caFile() { return this.#worker.tenant.caFile; }
  get listen() { return this.#worker.tenant.listen; }
  get client() { return this.#worker.client; }

  async follow(context) {
    if (this.#worker.shell && this.#worker.cookies === 'blocked') {
      const block = (page) => blockCookies(context, page);
      context.on('page', block);
      await Promise.all(context.pages().map(block));
      const newPage = context.newPage.bind(context);
      context.newPage = async () => { // its first document must not come before the rule
        const page = await newPage();
        await block(page);
        return page;
      };
    }
    await this.#stepper.follow(context);
  }

  async loginAs(user, { client, context = this.#context } = {}) {
    const { session, cookies } = await this.client.logIn({ user, ...(client ? { client } : {}) });
    await context.addCookies(cookies);
    return session;
  }

  async advance(duration, { budget = '60s' } = {}) { return this.#stepper.advance(milliseconds(duration), milliseconds(budget, 'budget')); }
  async jump(duration) { return this.#stepper.jump(milliseconds(duration)); }
  async sleep(duration) { return this.#stepper.sleep(milliseconds(duration)); }
  settle() { return this.#stepper.settle(); }
  now() { return this.#stepper.now(); }

  async fault(fault) { return this.client.armFault(fault); }
  async clearFaults() { return (await this.client.disarmFaults()).removed; }
  async endSessions(user) { return (await this.client.endSessions({ user })).ended; }
  async revokeRefreshTokens({ user, client } = {}) { return (await this.client.revokeRefreshTokens({ user, client })).revoked; }
  async diagnoses(query) { return (await this.client.listDiagnoses(query)).diagnoses; }

  events(query) { return allEvents(this.client, query); }

  control(method, path, body) { return this.client.request(method, path, body); }

  mails = {
    list: async (query) => (await this.client.listMails(query)).mails,
    latest: async (to) => {
      const [mail] = (await this.client.listMails({ to })).mails;
      if (!mail) throw new Error(`mockauth0: no mail was sent${to ? ` to ${to}` : ''} yet`);
      return mail;
    },
    wait: async (query) => (await this.client.waitForMail(query)).mail,
  };

  async expectRenewal(during, { client, times = 1 } = {}) {
    if (typeof during !== 'function') {
      ({ client, times = 1 } = during ?? {});
      during = undefined;
    }
    const since = await newest(this.client);
    const check = async () => {
      await this.settle();
      const { problem } = await checkRenewals(this.client, since, { by: client, times, domain: this.domain, now: this.now() });
      if (problem) throw new Error(problem);
    };
    if (!during) {
      this.#expected.push(check);
      return;
    }
    await during();
    await check();
  }

  close() { this.#stepper.stop(); }
}

function moverOf({ client, tenant }) {
  return {
    origin: tenant.issuer,
    clock: () => client.showClock(),
    move: (ms) => client.moveClock({ advance: `${ms}ms` }),
    hold: () => client.moveClock({ hold: '5s' }),
    followers: async () => (await client.listFollowers()).followers.length,
    release: (ms) => client.moveClock({ advance: `${ms}ms` }),
  };
}

async function blockCookies(context, page) {
  const session = await context.newCDPSession(page);
  await session.send('Network.enable');
  await session.send('Network.setCookieControls', { enableThirdPartyCookieRestriction: true, disableThirdPartyCookieMetadata: true, disableThirdPartyCookieHeuristics: true });
}

module.exports = { Tenant };
