const { existsSync } = require('node:fs');
const { defineConfig } = require('@playwright/test');

const executablePath = [process.env.MOCKAUTH0_BROWSER, '/usr/bin/chromium-headless-shell', '/usr/bin/chromium', '/usr/bin/google-chrome']
  .find((path) => path && existsSync(path));

const port = 45173; // others may have a dev server at the usual one
module.exports = defineConfig({
  testDir: __dirname,
  outputDir: '../../../../.build/npm-browser',
  reporter: [['list']],
  workers: Number(process.env.WORKERS ?? 2),
  repeatEach: Number(process.env.REPEAT ?? 1),
  timeout: Number(process.env.TIMEOUT ?? 60_000), expect: { timeout: 15_000 }, // the machines of a CI are slow
  use: {
    baseURL: `http://localhost:${port}`,
    launchOptions: { executablePath },
    mockauth0: { tenant: `${__dirname}/tenant`, cookies: 'allowed' },
  },
  webServer: { command: `node ${__dirname}/server.js ${port}`, port, reuseExistingServer: true },
});
