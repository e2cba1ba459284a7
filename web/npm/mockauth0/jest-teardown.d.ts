/** Global tear-down of Jest: ends the tenant. */
declare function globalTeardown(): Promise<void>;
export = globalTeardown;
