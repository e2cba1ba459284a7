const { writeFileSync } = require('node:fs');
const { test, expect } = require('../../../mockauth0/playwright.js');
const { logIn } = require('../login.js');

test('one renewal works, and the next one fails', async ({ context, page, auth0 }) => {
  const secrets = new Set(['Analytical-Engine-1']);
  const keep = (parameters) => {
    for (const name of ['code', 'code_verifier', 'refresh_token']) if (parameters.get(name)) secrets.add(parameters.get(name));
  };
  const answers = [];
  context.on('request', (request) => {
    keep(new URL(request.url()).searchParams);
    keep(new URLSearchParams(request.postData() ?? ''));
  });
  context.on('response', (response) => {
    if (response.url().endsWith('/oauth/token')) answers.push(response.json().catch(() => ({})));
  });
  await logIn(page, 'mode=refresh');
  for (const answer of await Promise.all(answers)) for (const token of [answer.access_token, answer.id_token, answer.refresh_token]) if (token) secrets.add(token);
  for (const { name, value } of await context.cookies(auth0.issuer)) if (/^auth0(_compat)?$/.test(name)) secrets.add(value);
  writeFileSync(process.env.FAILING_SECRETS, JSON.stringify([...secrets]));
  await auth0.expectRenewal({ times: 0 });
  await auth0.jump('3h');
  expect(await auth0.revokeRefreshTokens()).toBe(1);
  await auth0.expectRenewal(() => auth0.jump('3h'), { client: 'polls' });
});
