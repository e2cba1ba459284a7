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

Cypress.Commands.add('fault', (fault) => task('control', { method: 'POST', path: '/faults', body: fault }));
Cypress.Commands.add('endSessions', (user) => task('control', { method: 'DELETE', path: `/sessions${user ? `?user=${encodeURIComponent(user)}` : ''}` }));
Cypress.Commands.add('revokeRefreshTokens', () => task('control', { method: 'DELETE', path: '/refresh-tokens' }));
Cypress.Commands.add('auth0Events', (query) => task('events', query));
Cypress.Commands.add('auth0Diagnoses', () => task('diagnoses'));
Cypress.Commands.add('auth0Mail', (to) => task('mail', { to }));
Cypress.Commands.add('auth0Control', (method, path, body) => task('control', { method, path, body }));
