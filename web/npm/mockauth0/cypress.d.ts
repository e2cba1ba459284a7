/// <reference types="node" />
import type { StartOptions } from './index';
import type { Client } from './client';

/** Starts a tenant and registers the tasks of the commands; for `setupNodeEvents`, whose result it is. */
export function mockauth0<Config extends { env?: Record<string, any> }>(on: (event: any, action: any) => void, config: Config, options?: StartOptions): Promise<Config>;
/** The tasks by themselves, for a tenant of yours. */
export function tasksOf(client: Client, tenant?: { domain: string }): Record<string, (given: any) => Promise<unknown>>;
