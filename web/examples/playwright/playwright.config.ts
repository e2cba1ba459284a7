import { existsSync } from 'node:fs';
import { defineConfig } from '@playwright/test';
import type { Mockauth0Options } from 'mockauth0/playwright';

// The system's Chromium: nothing is downloaded.
const executablePath = [process.env.MOCKAUTH0_BROWSER, '/usr/bin/chromium-headless-shell', '/usr/bin/chromium', '/usr/bin/google-chrome']
  .find((path) => path && existsSync(path));

// The React app, built twice: with refresh tokens, and with a hidden frame.
const apps = { 'refresh-tokens': { port: 5183, build: 'dist' }, frame: { port: 5184, build: 'dist-frame' } };

export default defineConfig<{}, { mockauth0: Mockauth0Options }>({
  testDir: 'tests',
  fullyParallel: true,
  workers: 2,
  timeout: 60_000, expect: { timeout: 15_000 }, // the machines of a CI are slow
  reporter: process.env.CI ? [['line'], ['html', { open: 'never' }]] : 'list',
  use: {
    launchOptions: { executablePath },
    // The tenant of each worker. Its domain is the one that the app was built with, localhost:4443.
    mockauth0: { tenant: './tenant', cookies: 'allowed' },
  },
  projects: Object.entries(apps).map(([name, { port }]) => ({
    name, testMatch: [`${name}*.spec.ts`, 'both.spec.ts'], use: { baseURL: `http://localhost:${port}` },
  })),
  webServer: Object.values(apps).map(({ port, build }) => ({ command: `node serve.mjs ../../apps/react/${build} ${port}`, port })),
});
