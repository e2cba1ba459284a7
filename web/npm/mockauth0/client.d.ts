import type { Operations } from './api';
export * from './api';

export interface ClientOptions {
  /** Address of the tenant, or of its control API: `https://localhost:4443`. */
  url: string;
  /** What `serve --control-token` says. Only other machines need it. */
  token?: string;
  /** How to fetch. Default: the global one, which trusts the tenant when Node started with `NODE_EXTRA_CA_CERTS`. */
  fetch?: typeof fetch;
}

/** A client of the control API: one method for each operation. */
export interface Client extends Operations {
  /** Origin of the tenant. */
  readonly url: string;
  /** Sends any request. `path` is below `/__mock/v1`, or begins with `/__mock/`. */
  request<T = unknown>(method: string, path: string, body?: unknown): Promise<T>;
}

/** Makes a client of the control API of a running tenant. */
export function createClient(options: ClientOptions): Client;

/** A refusal of the control API. */
export class ControlError extends Error {
  /** HTTP status. */
  readonly status: number;
  /** A word for programs, such as `invalid_request` or `timeout`. */
  readonly error?: string;
  /** What happened and what to do. */
  readonly description?: string;
}
