// What both builds of the app do alike.
import { expect, test } from './orders';

const ada = 'ada@example.test';

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
