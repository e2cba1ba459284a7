// What the specs share: an API, and a person who has logged in.
import { test as base, expect } from 'mockauth0/playwright';
import type { Page } from '@playwright/test';

export { expect };

export const test = base.extend<{ orders: Orders }>({
  orders: async ({ page }, use) => {
    const orders = new Orders(page);
    await orders.serve();
    await use(orders);
  },
});

class Orders {
  /** The access tokens that the API was shown. */
  readonly tokens: string[] = [];

  constructor(private readonly page: Page) {}

  /** serve plays the app's API, which is no subject of these tests. */
  async serve() {
    await this.page.route('http://localhost:3010/orders', async (route) => {
      this.tokens.push(route.request().headers().authorization!.replace('Bearer ', ''));
      await route.fulfill({ json: { orders: [{ number: 1042, what: 'Espresso beans, 1 kg' }] }, headers: { 'Access-Control-Allow-Origin': '*' } });
    });
  }

  /** load presses the button that needs a token, and waits for the orders. */
  async load() {
    await this.page.getByRole('button', { name: 'Load orders' }).click();
    await expect(this.page.getByText('Espresso beans')).toBeVisible();
    await expect(this.page.getByRole('button', { name: 'Load orders' })).toBeEnabled();
  }

  /** logIn logs in by the app's own button. The tenant has a session, so that it asks for no password. */
  async logIn() {
    await this.page.goto('/');
    await this.page.getByRole('button', { name: 'Log in' }).click();
    await expect(this.page.getByText('Ada Lovelace')).toBeVisible();
  }
}
