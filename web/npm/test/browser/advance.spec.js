const { test, expect } = require('../../mockauth0/playwright.js');

async function logIn(page, query) {
  await page.goto(`/?${query}`);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByLabel('Email address').fill('ada@example.test');
  await page.getByLabel('Password', { exact: true }).fill('Analytical-Engine-1');
  await page.getByRole('button', { name: 'Continue', exact: true }).click();
  await expect(page.locator('#polls')).toHaveText('1');
}

test('jump fires each timer once, sleep fires none', async ({ page, auth0 }) => {
  await logIn(page, 'mode=refresh');
  const now = () => page.evaluate(() => Date.now());
  const count = () => page.evaluate(() => [errors.length, tokens.length, polls.value]);
  await auth0.jump('3h');
  expect(await count()).toEqual([0, 2, '2']);
  const before = await now();
  await auth0.sleep('8h');
  expect(await now() - before).toBeGreaterThanOrEqual(8 * 3_600_000);
  expect(Math.abs(auth0.now().getTime() - await now())).toBeLessThan(1000);
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
    await auth0.advance('7h');
    auth0.client.moveClock = moveClock;
    expect(await page.evaluate(() => [errors.length, tokens.length, polls.value])).toEqual([0, 4, '4']);
    expect(await auth0.diagnoses()).toEqual([]);
  });
}

for (const mode of ['refresh', 'frame']) {
  for (const [duration, polls, tokens] of [['2h30m', 16, 2], ['24h', 145, 12]]) {
    test(`${mode}: ${duration}, a poll every 10 minutes`, async ({ page, auth0 }, info) => {
      await logIn(page, `mode=${mode}`);
      const began = Date.now();
      await auth0.advance(duration);
      const took = Date.now() - began;
      const [errors, seen] = await page.evaluate(() => [errors, tokens.length]);
      info.annotations.push({ type: 'took', description: `${took} ms` });
      console.log(mode, duration, took, 'ms', errors.length ? JSON.stringify(errors) : '');
      expect(errors).toEqual([]);
      await expect(page.locator('#polls')).toHaveText(String(polls));
      expect(seen).toBeGreaterThanOrEqual(tokens);
      expect(await auth0.diagnoses()).toEqual([]);
    });
  }
}
