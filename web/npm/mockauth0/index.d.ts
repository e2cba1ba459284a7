/** Path of the program for this platform. Throws when its package is not installed. The environment's `MOCKAUTH0_BINARY` names another. */
export function binary(): string;

/** What {@link start} serves, and where. Without any, it is the tutorial's tenant on a free port. */
export interface StartOptions {
  /** Directory of a tenant. */
  tenant?: string;
  /** Address of your app, or addresses: the tenant is made for it, and learns from it. */
  app?: string | string[];
  /** With `app`: the only client id. */
  clientId?: string;
  /** With `app`: the only audience. */
  audience?: string;
  /** With `app`: the only redirect_uri. */
  callback?: string;
  /** Id of a scenario of the catalogue, or a file. */
  scenario?: string;
  /** Domain of the tenant, `HOST[:PORT]` or `http://HOST[:PORT]`. The default is the directory's, or `localhost:` and the port. */
  domain?: string;
  /** true: by plain http; false: by https. The default is the directory's, or what suits the app. */
  http?: boolean;
  /** Address to listen on. Default: a free port of 127.0.0.1. */
  listen?: string;
  /** Opens the control API to other machines, which send this token. */
  controlToken?: string;
  /** Directory of the CA and the signing keys. Default: your user's. */
  dataDir?: string;
  /** More arguments of `mockauth0 serve`. */
  args?: string[];
  /** Added to the environment of the program. */
  env?: Record<string, string>;
  /** Directory in which the program starts. */
  cwd?: string;
  /** Gets what the program says to people. Default: nobody. */
  log?(text: string): void;
}

/** A tenant that runs. */
export interface Tenant {
  /** As tokens say it, `https://localhost:4443/`. */
  readonly issuer: string;
  /** As SDKs take it, `localhost:4443`; by plain http `http://localhost:4443`. */
  readonly domain: string;
  /** Where it listens, `127.0.0.1:4443`. */
  readonly listen: string;
  /** PEM of the certificate authority to trust; empty by plain http. */
  readonly caFile: string;
  /** Address of the control API. */
  readonly control: string;
  readonly pid: number;
  /** What the program said to people, the last 64 KiB of it. */
  log(): string;
  /** Ends it, and resolves when it has ended. */
  stop(): Promise<void>;
}

/**
 * Serves a tenant until `stop` is called, or until this process ends, whatever ends it. Resolves when the tenant answers.
 * Rejects with what the program said when it does not start.
 */
export function start(options?: StartOptions): Promise<Tenant>;
