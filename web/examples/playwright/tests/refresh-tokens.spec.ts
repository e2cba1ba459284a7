import { expect, test } from './orders';

test('each refresh token is used once', async ({ context, auth0, orders }) => {
  const used: string[] = [];
  context.on('request', (request) => {
    const token = new URLSearchParams(request.postData() ?? '').get('refresh_token');
    if (token) used.push(token);
  });
  await auth0.loginAs('ada@example.test');
  await orders.logIn();
  for (let day = 0; day < 3; day++) {
    await auth0.advance('24h');
    await orders.load();
  }
  expect(new Set(used).size).toBe(3);
  expect(await auth0.diagnoses()).toEqual([]);
});

test('asks for a login when the refresh token was revoked', async ({ page, auth0, orders }) => {
  await auth0.loginAs('ada@example.test');
  await orders.logIn();
  expect(await auth0.revokeRefreshTokens()).toBe(1);
  await auth0.advance('2h1m');
  await page.getByRole('button', { name: 'Load orders' }).click();
  await expect(page.getByRole('status')).toHaveText('Your session has ended. Log in again.');
  const [diagnosis] = await auth0.diagnoses();
  expect(diagnosis.outcome).toBe('invalid_grant');
  expect(diagnosis.causes[0].code).toBe('refresh_token_revoked');
});
