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

test('asks for no token before it has to', async ({ auth0, orders }) => {
  await auth0.loginAs(ada);
  await orders.logIn();
  await auth0.expectRenewal(async () => {
    await auth0.advance('1h30m');
    await orders.load();
  }, { times: 0 });
});

test('each refresh token is used once', async ({ context, auth0, orders }) => {
  const used: string[] = [];
  context.on('request', (request) => {
    const token = new URLSearchParams(request.postData() ?? '').get('refresh_token');
    if (token) used.push(token);
  });
  await auth0.loginAs(ada);
  await orders.logIn();
  for (let day = 0; day < 3; day++) {
    await auth0.advance('24h');
    await orders.load();
  }
  expect(new Set(used).size).toBe(3);
  expect(await auth0.diagnoses()).toEqual([]);
});

test('asks for a login when the refresh token was revoked', async ({ page, auth0, orders }) => {
  await auth0.loginAs(ada);
  await orders.logIn();
  expect(await auth0.revokeRefreshTokens()).toBe(1);
  await auth0.advance('2h1m');
  await page.getByRole('button', { name: 'Load orders' }).click();
  await expect(page.getByRole('status')).toHaveText('Your session has ended. Log in again.');
  const [diagnosis] = await auth0.diagnoses();
  expect(diagnosis.outcome).toBe('invalid_grant');
  expect(diagnosis.causes[0].code).toBe('refresh_token_revoked');
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
