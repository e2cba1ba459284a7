// A person logs in by the tenant's form, and the page has polled once.
const { expect } = require('../../mockauth0/playwright.js');

exports.logIn = async (page, query) => {
  await page.goto(`/?${query}`);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByLabel('Email address').fill('ada@example.test');
  await page.getByLabel('Password', { exact: true }).fill('Analytical-Engine-1');
  await page.getByRole('button', { name: 'Continue', exact: true }).click();
  await expect(page.locator('#polls')).toHaveText('1');
};
