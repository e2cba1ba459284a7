import { expect, test } from './orders';

test('asks for a login when the session has ended elsewhere', async ({ page, auth0, orders }) => {
  await auth0.loginAs('ada@example.test');
  await orders.logIn();
  expect(await auth0.endSessions('ada@example.test')).toBe(1);
  await auth0.advance('2h1m');
  await page.getByRole('button', { name: 'Load orders' }).click();
  await expect(page.getByRole('status')).toHaveText('Your session has ended. Log in again.');
  const [diagnosis] = await auth0.diagnoses();
  expect(diagnosis.outcome).toBe('login_required');
  expect(diagnosis.causes[0].code).toBe('session_ended');
});

test('says that it could not load the orders when the tenant fails once', async ({ page, auth0, orders }) => {
  await auth0.loginAs('ada@example.test');
  await orders.logIn();
  await auth0.advance('2h1m');
  await auth0.fault({ when: { endpoint: 'token' }, times: 1, do: { status: 503 } });
  await page.getByRole('button', { name: 'Load orders' }).click();
  await expect(page.getByRole('alert')).toContainText('Your orders could not be loaded');
  await orders.load();
});
