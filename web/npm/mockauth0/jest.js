'use strict';
// Global set-up and tear-down of Jest: globalSetup: 'mockauth0/jest', globalTeardown: 'mockauth0/jest-teardown'. Jest's workers are processes
// that start later, so that they have the environment.
const { setup } = require('./vitest.js');

const KEY = Symbol.for('mockauth0.jest');

module.exports = async () => { globalThis[KEY] = await setup()(); };
