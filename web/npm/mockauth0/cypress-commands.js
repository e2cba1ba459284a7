'use strict';
/* global Cypress, cy */
// The commands: import 'mockauth0/cypress-commands' in cypress/support/e2e.js.
// cy.tick() would fire all timers before any answer comes. So the commands move the tenant and then Date alone, and the app asks by itself, or when
// you have it do something.

const task = (name, given) => cy.task(`mockauth0:${name}`, given ?? null, { log: false });

Cypress.Commands.add('resetAuth0', () => task('control', { method: 'POST', path: '/reset', body: {} }));

Cypress.Commands.add('loginAs', (user, options = {}) => {
  task('login', { user, ...options }).then(({ cookies }) => {
    for (const { name, value, sameSite, ...rest } of cookies) {
      cy.setCookie(name, value, {
        domain: rest.domain, path: rest.path, secure: rest.secure, httpOnly: rest.httpOnly, expiry: rest.expires, log: false,
        sameSite: sameSite === 'None' ? 'no_restriction' : sameSite?.toLowerCase(),
      });
    }
  });
});

for (const name of ['advance', 'jump', 'sleep']) {
  Cypress.Commands.add(name, (duration) => {
    task('advance', { duration }).then((ms) => {
      const real = Date.now();
      cy.clock(real, ['Date'], { log: false }).then((clock) => { clock.setSystemTime(new clock.Date().getTime() + ms); });
    });
  });
}

const control = (method, path, body) => task('control', { method, path, body });
const chosen = (query) => {
  const asked = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== undefined)).toString();
  return asked && `?${asked}`;
};

Cypress.Commands.add('fault', (fault) => control('POST', '/faults', fault));
Cypress.Commands.add('clearFaults', () => control('DELETE', '/faults').then(({ removed }) => removed));
Cypress.Commands.add('endSessions', (user) => control('DELETE', `/sessions${chosen({ user })}`).then(({ ended }) => ended));
Cypress.Commands.add('revokeRefreshTokens', ({ user, client } = {}) =>
  control('DELETE', `/refresh-tokens${chosen({ user, client })}`).then(({ revoked }) => revoked));
Cypress.Commands.add('expectRenewal', (during, { client, times = 1 } = {}) => {
  if (typeof during !== 'function') throw new TypeError('mockauth0: cy.expectRenewal needs the commands from which the renewal comes: cy.expectRenewal(() => { … })');
  task('newest').then((since) => {
    during();
    task('renewals', { since, by: client, times, timeout: Cypress.config('defaultCommandTimeout') }).then(({ problem }) => {
      if (problem) throw new Error(problem);
    });
  });
});
Cypress.Commands.add('diagnoses', (query) => task('diagnoses', query));
Cypress.Commands.add('events', (query) => task('events', query));
Cypress.Commands.add('latestMail', (to) => task('mail', { to }));
Cypress.Commands.add('control', control);
