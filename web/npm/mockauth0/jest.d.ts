/** Global set-up of Jest: serves a tenant as long as the tests run. `MOCKAUTH0_TENANT` names a directory. */
declare function globalSetup(): Promise<void>;
export = globalSetup;
