import type { StartOptions } from './index';

/** What tests find by `inject('mockauth0')` in Vitest. */
export interface Mockauth0Place { issuer: string; domain: string; caFile: string; control: string }

/**
 * Makes a global set-up that serves a tenant as long as the tests run. The processes of the tests have `AUTH0_DOMAIN`, `AUTH0_ISSUER`,
 * `ISSUER_BASE_URL`, `MOCKAUTH0_CONTROL`, and trust the tenant by `NODE_EXTRA_CA_CERTS`.
 */
export function setup(options?: StartOptions): (project?: { provide?(key: any, value: any): void }) => Promise<() => Promise<void>>;

/** The set-up without options: `globalSetup: ['mockauth0/vitest']`. `MOCKAUTH0_TENANT` names a directory. */
declare const globalSetup: ReturnType<typeof setup>;
export default globalSetup;
