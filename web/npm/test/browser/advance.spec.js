const { test, expect } = require('../../mockauth0/playwright.js');
const { logIn } = require('./login.js');

const REAL = 30_000; // ms of real time that may pass between two looks at a clock, on a machine that has much else to do

test('jump fires each timer once, sleep fires none', async ({ page, auth0 }) => {
  await logIn(page, 'mode=refresh');
  const now = () => page.evaluate(() => Date.now());
  const count = () => page.evaluate(() => [errors.length, tokens.length, polls.value]);
  for (const verb of ['advance', 'jump', 'sleep']) expect(await auth0[verb]('soon').catch((error) => error.message)).toContain('with its unit');
  await auth0.jump('3h');
  expect(await count()).toEqual([0, 2, '2']);
  const before = await now();
  await auth0.sleep('8h');
  expect(await now() - before).toBeGreaterThanOrEqual(8 * 3_600_000);
  expect(Math.abs(auth0.now().getTime() - await now())).toBeLessThan(REAL);
  expect(await count()).toEqual([0, 2, '2']);
  await auth0.advance('10m');
  expect(await count()).toEqual([0, 3, '3']);
  expect(await auth0.diagnoses()).toEqual([]);
});

test('time goes on while the tenant takes its time', async ({ page, auth0 }) => {
  await logIn(page, 'mode=frame');
  await auth0.fault({ when: { endpoint: 'token' }, times: 1, do: { latency: '5s' } });
  await auth0.fault({ when: { endpoint: 'authorize' }, times: 1, do: { latency: '5s' } });
  await auth0.advance('2h30m');
  expect(await page.evaluate(() => [errors.length, tokens.length, polls.value])).toEqual([0, 2, '16']);
  await auth0.clearFaults();
  await auth0.fault({ when: { endpoint: 'token' }, do: { hang: true } });
  await auth0.advance('2h30m');
  const said = await page.evaluate(() => errors);
  expect(said.length).toBeGreaterThan(0);
  expect(said.filter((error) => !error.includes('timeout'))).toEqual([]);
  expect(await auth0.clearFaults()).toBe(1);
});

// A countdown proves calm, so that time glides through it; then it renews all of a sudden, while the tenant has yet to follow. Without a gate
// at the tenant the frame gets its code at the old time, and exchanges it at the new one: invalid_grant.
for (const mode of ['refresh', 'frame']) {
  test(`${mode}: a countdown that renews meets the tenant at the new time`, async ({ page, auth0 }) => {
    await logIn(page, `mode=${mode}&tick`);
    const { moveClock } = auth0.client;
    auth0.client.moveClock = async (move) => { // a tenant that follows when it has answered the frame, if it does that before
      if (move.advance) await page.waitForResponse(/\/authorize/, { timeout: 200 }).catch(() => {});
      return moveClock(move);
    };
    await auth0.advance('2h30m');
    auth0.client.moveClock = moveClock;
    expect(await page.evaluate(() => [errors.length, tokens.length, polls.value])).toEqual([0, 2, '2']);
    await tokensAreOfTheirTime(page);
    expect(await auth0.diagnoses()).toEqual([]);
  });
}

// The tenant made each token at the time that the page had then.
async function tokensAreOfTheirTime(page) {
  const [tokens, times] = await page.evaluate(() => [window.tokens, window.times]);
  for (const [i, token] of tokens.entries()) {
    const { iat } = JSON.parse(Buffer.from(token.split('.')[1], 'base64url'));
    expect(Math.abs(times[i] - iat * 1000), `token ${i}`).toBeLessThan(REAL);
  }
}

test('a page that loads itself again while it is ahead of the tenant goes on at its own time', async ({ page, auth0 }) => {
  await page.goto('/reload');
  const began = await page.evaluate(() => log[0][1]);
  await auth0.advance('3h');
  const [seen, keys] = await page.evaluate(() => [log, Object.keys(sessionStorage)]);
  expect(keys).toEqual(['log']);
  expect(seen.map(([what]) => what).join(' ')).toBe('start reload start reload start reload start reload start');
  for (const [i, [, at]] of seen.entries()) {
    const due = Math.ceil(i / 2) * 40 * 60_000; // after the time before
    expect(at - began - due, `${i}: ${seen}`).toBeGreaterThanOrEqual(0);
    expect(at - began - due, `${i}: ${seen}`).toBeLessThan(REAL);
  }
});

test('whoever answers a request meets page and tenant at one time', async ({ page, auth0 }) => {
  const apart = [];
  await page.route('**/api', async (route) => {
    const at = Number(route.request().headers()['x-now']);
    const { now } = await auth0.client.showClock();
    apart.push(Math.abs(Date.parse(now) - at), Math.abs(auth0.now().getTime() - at));
    await route.fulfill({ json: {} });
  });
  await logIn(page, 'mode=refresh');
  await auth0.advance('1h');
  expect(apart.length).toBe(14);
  expect(Math.max(...apart)).toBeLessThan(REAL);
});

for (const mode of ['refresh', 'frame']) {
  for (const [duration, polls, tokens] of [['2h30m', 16, 2], ['24h', 145, 12]]) {
    test(`${mode}: ${duration}, a poll every 10 minutes`, async ({ page, auth0 }, info) => {
      await logIn(page, `mode=${mode}`);
      const began = Date.now();
      await auth0.advance(duration);
      const took = Date.now() - began;
      const [errors, seen] = await page.evaluate(() => [errors, tokens]);
      info.annotations.push({ type: 'took', description: `${took} ms` });
      console.log(mode, duration, took, 'ms', errors.length ? JSON.stringify(errors) : '');
      expect(errors).toEqual([]);
      await expect(page.locator('#polls')).toHaveText(String(polls));
      expect(seen.length).toBeGreaterThanOrEqual(tokens);
      await tokensAreOfTheirTime(page);
      expect(await auth0.diagnoses()).toEqual([]);
    });
  }
}
