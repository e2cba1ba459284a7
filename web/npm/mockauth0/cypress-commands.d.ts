import type { Diagnosis, Event, Fault, Mail } from './client';

declare global {
  namespace Cypress {
    interface Chainable {
      /** Back to the start: no sessions, tokens, faults or events, and the clock as configured. */
      resetAuth0(): Chainable<{ reset: boolean }>;
      /** Logs a person in without a page. */
      loginAs(user: string, options?: { client?: string }): Chainable<void>;
      /** Moves the tenant, and Date in the app's window. Timers do not move. */
      advance(duration: string): Chainable<void>;
      /** The same as advance, here. */
      jump(duration: string): Chainable<void>;
      /** The same as advance, here. */
      sleep(duration: string): Chainable<void>;
      fault(fault: Fault): Chainable<Fault>;
      endSessions(user?: string): Chainable<{ ended: number }>;
      revokeRefreshTokens(): Chainable<{ revoked: number }>;
      auth0Events(query?: { kind?: string; after?: number }): Chainable<Event[]>;
      auth0Diagnoses(): Chainable<Diagnosis[]>;
      auth0Mail(to?: string): Chainable<Mail>;
      auth0Control<T = any>(method: string, path: string, body?: unknown): Chainable<T>;
    }
    // Without Cypress's own types, this is all there is of a chain.
    interface Chainable<Subject = any> {}
  }
}
export {};
