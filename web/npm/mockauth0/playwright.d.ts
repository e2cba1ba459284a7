import type {
  BrowserContext, Expect, PlaywrightTestArgs, PlaywrightTestOptions, PlaywrightWorkerArgs, PlaywrightWorkerOptions, TestType,
} from '@playwright/test';
import type { Client, Diagnosis, Event, EventKind, Fault, Mail } from './client';
import type { StartOptions } from './index';

/** A number with its unit: `"2h"`, `"1h30m"`, `"90s"`, `"500ms"`, `"30d"`. */
export type Duration = string;

/** The tenant of each worker, in `use` of playwright.config: `mockauth0: { app: 'http://localhost:5173' }`. */
export interface Mockauth0Options extends Omit<StartOptions, 'listen' | 'log'> {
  /**
   * The domain that your app was built with, `HOST[:PORT]` or `http://HOST[:PORT]`. Default: `localhost:4443`, by plain http
   * `http://localhost:4443`. The browser of each worker finds the worker's own tenant there.
   */
  domain?: string;
  /**
   * Whether the browser sends the tenant's cookie from a frame of another site. Today's browsers block it; Playwright's headless shell does not,
   * unless it is told to. Default: `blocked`.
   */
  cookies?: 'allowed' | 'blocked';
}

export interface Auth0 {
  /** As tokens say it, `https://localhost:4443/`. */
  readonly issuer: string;
  /** As SDKs take it. */
  readonly domain: string;
  /** PEM of the certificate authority, for programs of yours in Node; empty by plain http. The browser trusts it. */
  readonly caFile: string;
  /** Where the worker's tenant listens, `127.0.0.1:41935`. Node finds it there, and not at the domain. */
  readonly listen: string;
  /** All of the control API. */
  readonly client: Client;

  /** Logs a person in without a page: the tenant's session is in the context, and the app's own login returns at once. */
  loginAs(user: string, options?: { client?: string; context?: BrowserContext }): Promise<unknown>;

  /**
   * Lets time pass for the tenant and all pages, as if somebody had waited: it stops at each timer that falls due in a page, the timer fires, and
   * the network settles before time goes on. Resolves when all is quiet at the new time. `budget` is the real time that it may take, 60s.
   */
  advance(duration: Duration, options?: { budget?: Duration }): Promise<void>;
  /** Moves everything at once: each timer that falls due on the way fires once, at the new time. */
  jump(duration: Duration): Promise<void>;
  /** A laptop asleep: the tenant and Date in pages move on, timers keep what they had left. */
  sleep(duration: Duration): Promise<void>;
  /** Waits until no page has anything in flight. What the tenant holds back does not count. */
  settle(): Promise<void>;
  /** The time in pages, which is the tenant's. */
  now(): Date;

  /** Arms a fault until the end of the test. */
  fault(fault: Fault): Promise<Fault>;
  /** Removes all faults, and says how many. */
  clearFaults(): Promise<number>;
  /** Ends the sessions of a user, or all, and says how many. */
  endSessions(user?: string): Promise<number>;
  /** Revokes refresh tokens, and says how many. */
  revokeRefreshTokens(which?: { user?: string; client?: string }): Promise<number>;

  readonly mails: {
    /** Newest first. */
    list(query?: { to?: string; after?: number }): Promise<Mail[]>;
    /** The newest mail; throws when there is none. */
    latest(to?: string): Promise<Mail>;
    /** Waits for a mail, 10s unless `timeout` says otherwise. */
    wait(query?: { to?: string; after?: number; timeout?: Duration }): Promise<Mail>;
  };

  /** Runs `during`, and throws unless exactly `times` (1) renewals came of it. Says why one failed. */
  expectRenewal(during: () => unknown, options?: { client?: string; times?: number }): Promise<void>;
  /** From now on until the end of the test there are to be exactly `times` (1) renewals, or the test fails. */
  expectRenewal(options?: { client?: string; times?: number }): Promise<void>;

  /** Why renewals failed, oldest first. */
  diagnoses(query?: { after?: number; request?: string }): Promise<Diagnosis[]>;
  /** What happened, oldest first. */
  events(query?: { kind?: EventKind; after?: number; client?: string; user?: string; request?: string }): Promise<Event[]>;
  /** Any request to the control API; `path` is below `/__mock/v1`. */
  control<T = any>(method: string, path: string, body?: unknown): Promise<T>;
  /** Has the pages of another context move and be settled as those of the test's own. Call it before the context has a page. */
  follow(context: BrowserContext): Promise<void>;
}

/** Playwright's test, with the fixture `auth0` and the option `mockauth0`. */
export const test: TestType<
  PlaywrightTestArgs & PlaywrightTestOptions & { auth0: Auth0 },
  PlaywrightWorkerArgs & PlaywrightWorkerOptions & { mockauth0: Mockauth0Options }
>;
export const expect: Expect<{}>;
