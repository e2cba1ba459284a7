import type { Diagnosis, Event, EventKind, Fault, Mail } from './client';

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
      /** Arms a fault. */
      fault(fault: Fault): Chainable<Fault>;
      /** Removes all faults, and says how many. */
      clearFaults(): Chainable<number>;
      /** Ends the sessions of a user, or all, and says how many. */
      endSessions(user?: string): Chainable<number>;
      /** Revokes refresh tokens, and says how many. */
      revokeRefreshTokens(which?: { user?: string; client?: string }): Chainable<number>;
      /** Queues what `during` does, and fails unless exactly `times` (1) renewals came of it. They may take `defaultCommandTimeout`. */
      expectRenewal(during: () => void, options?: { client?: string; times?: number }): Chainable<void>;
      /** Why renewals failed, oldest first. */
      diagnoses(query?: { after?: number; request?: string }): Chainable<Diagnosis[]>;
      /** What happened, oldest first. */
      events(query?: { kind?: EventKind; after?: number; client?: string; user?: string; request?: string }): Chainable<Event[]>;
      /** The newest mail, or the first that comes within 10 s. */
      latestMail(to?: string): Chainable<Mail>;
      /** Any request to the control API; `path` is below `/__mock/v1`. */
      control<T = any>(method: string, path: string, body?: unknown): Chainable<T>;
    }
    // Without Cypress's own types, this is all there is of a chain.
    interface Chainable<Subject = any> {}
  }
}
export {};
