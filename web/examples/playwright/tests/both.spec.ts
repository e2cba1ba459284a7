// What both builds of the app do alike.
import { expect, test } from './orders';

const ada = 'ada@example.test';

test('logs in with e-mail address and password', async ({ page }) => {
  await page.goto('/');
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByLabel('Email address').fill(ada);
  await page.getByLabel('Password', { exact: true }).fill('Analytical-Engine-1');
  await page.getByRole('button', { name: 'Continue', exact: true }).click();
  await expect(page.getByText('Ada Lovelace')).toBeVisible();
});

test('renews after two hours', async ({ auth0, orders }) => {
  await auth0.loginAs(ada);
  await orders.logIn();
  await orders.load();
  await auth0.expectRenewal(async () => {
    await auth0.advance('2h1m');
    await orders.load();
  });
  const [before, after] = orders.tokens;
  expect(after).not.toBe(before);
});

test('asks for no token before it has to', async ({ auth0, orders }) => {
  await auth0.loginAs(ada);
  await orders.logIn();
  await auth0.expectRenewal(async () => {
    await auth0.advance('1h30m');
    await orders.load();
  }, { times: 0 });
});

test('does not come back after a logout', async ({ page, auth0, orders }) => {
  await auth0.loginAs(ada);
  await orders.logIn();
  await auth0.expectRenewal({ times: 0 });
  await page.getByRole('button', { name: 'Log out' }).click();
  await expect(page.getByRole('button', { name: 'Log in' })).toBeVisible();
  await auth0.advance('24h');
  await expect(page.getByRole('button', { name: 'Log in' })).toBeVisible();
  expect((await auth0.client.listSessions()).sessions).toEqual([]);
});

// Two workers run these at the same time, each with a tenant of its own at the same domain.
for (const person of [ada, 'grace@example.test']) {
  test(`sees the session of ${person} alone`, async ({ page, auth0 }) => {
    await auth0.loginAs(person);
    await page.goto('/');
    await page.getByRole('button', { name: 'Log in' }).click();
    await expect(page.getByRole('button', { name: 'Log out' })).toBeVisible();
    const { sessions } = await auth0.client.listSessions();
    expect(sessions).toHaveLength(1);
    expect(Math.abs(auth0.now().getTime() - Date.now())).toBeLessThan(1000);
    await auth0.advance('1h');
  });
}
