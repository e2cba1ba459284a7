// A test that fails, for report.spec.js to look at what its report says.
const { defineConfig } = require('@playwright/test');
const base = require('../playwright.config.js');

module.exports = defineConfig({ ...base, testDir: __dirname, testMatch: 'failing.js', outputDir: process.env.FAILING_OUTPUT, workers: 1, repeatEach: 1 });
