// What the types take and refuse. tsc reads it, and nothing runs it.
import { binary, start, type Tenant } from 'mockauth0';
import { createClient, ControlError, type Diagnosis, type Event } from 'mockauth0/client';

async function client() {
  const tenant: Tenant = await start({ app: ['http://localhost:5173'], http: true, log: (text) => console.log(text.length) });
  const mock = createClient({ url: tenant.control, token: 'secret', fetch });
  const { now, offset_ms } = await mock.moveClock({ advance: '2h' });
  console.log(now.length, offset_ms + 1, binary().length);
  await mock.armFault({ when: { prompt: 'none' }, times: 1, do: { error: 'login_required' } });
  const diagnoses: Diagnosis[] = (await mock.listDiagnoses({ after: 3 })).diagnoses;
  const { events } = await mock.listEvents({ kind: 'mail', signal: AbortSignal.timeout(1000) });
  for (const event of events) if (event.kind === 'mail') console.log(event.details?.to, diagnoses.length);
  for await (const event of mock.streamEvents()) console.log((event satisfies Event).seq);
  await mock.changeUser('ada@example.test', { blocked: true });
  const grants = await mock.request<{ grants: unknown[] }>('GET', '/grants');
  console.log(grants.grants.length);
  // @ts-expect-error a duration has a unit
  await mock.moveClock({ advance: 7200 });
  // @ts-expect-error there is no such kind
  await mock.listEvents({ kind: 'male' });
  // @ts-expect-error there is no such member
  await mock.armFault({ then: {}, do: {} });
  // @ts-expect-error the user is missing
  await mock.deleteUser();
  // @ts-expect-error there is no such option
  await start({ tennant: './acme' });
}
client().catch((error: unknown) => { if (error instanceof ControlError) console.error(error.status, error.error, error.description); });

import { expect, test, type Mockauth0Options } from 'mockauth0/playwright';
const options: Mockauth0Options = { app: 'http://localhost:5173', cookies: 'blocked' };
test.use({ mockauth0: options });
test('types', async ({ page, auth0 }) => {
  await auth0.loginAs('ada@example.test');
  await auth0.fault({ when: { prompt: 'none' }, times: 1, do: { error: 'login_required' } });
  await auth0.expectRenewal(async () => { await auth0.advance('2h'); }, { times: 1 });
  await auth0.expectRenewal({ client: 'React' });
  const ended: number = await auth0.endSessions('ada@example.test');
  expect((await auth0.mails.latest()).link).toContain('https');
  const { grants } = await auth0.control('GET', '/grants');
  console.log(ended, grants, auth0.now().getTime(), page.url());
  // @ts-expect-error a duration has a unit
  await auth0.advance(7200);
  // @ts-expect-error cookies are allowed or blocked
  test.use({ mockauth0: { cookies: 'some' } });
});

import globalSetup, { setup } from 'mockauth0/vitest';
import jestSetup = require('mockauth0/jest');
import { mockauth0 } from 'mockauth0/cypress';
import 'mockauth0/cypress-commands';
declare const cy: Cypress.Chainable;
export const setups = [globalSetup, setup({ tenant: './acme' }), jestSetup];
export const cypress = (on: (name: string, action: unknown) => void, config: { env: Record<string, unknown> }) => mockauth0(on, config, { tenant: './acme' });
export function commands() {
  cy.loginAs('ada@example.test');
  cy.advance('2h');
  cy.expectRenewal(() => { cy.jump('2h'); }, { times: 1 });
  cy.diagnoses({ after: 3 });
  // @ts-expect-error a duration has a unit
  cy.advance(7200);
  // @ts-expect-error there is no such kind
  cy.events({ kind: 'male' });
}
