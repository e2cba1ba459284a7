// The frame build in a browser that blocks third-party cookies, as those of people do.
import { expect, test } from './orders';

test.use({ mockauth0: { tenant: './tenant', cookies: 'blocked' } });

test('cannot renew in a frame', async ({ page, auth0, orders }) => {
  await auth0.loginAs('ada@example.test');
  await orders.logIn();
  await auth0.advance('2h1m');
  await page.getByRole('button', { name: 'Load orders' }).click();
  await expect(page.getByRole('status')).toHaveText('Your session has ended. Log in again.');
  const [diagnosis] = await auth0.diagnoses();
  expect(diagnosis.causes[0].code).toBe('third_party_cookies_blocked');
});
