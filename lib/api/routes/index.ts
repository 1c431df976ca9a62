import type { RouteSpec } from '../route.ts';
import { listGrantsSpec, reportGrantsSpec } from './grants.ts';
import { getHealthSpec } from './health.ts';
import {
  cancelMessageSpec,
  createMessageSpec,
  createMessagesSpec,
  getMessageSpec,
  listMessagesSpec,
} from './messages.ts';
import { openSessionSpec } from './sessions.ts';

/** Every route of the service, in the order of the API document. */
export const routeSpecs: readonly RouteSpec[] = [
  openSessionSpec,
  reportGrantsSpec,
  listGrantsSpec,
  createMessageSpec,
  createMessagesSpec,
  listMessagesSpec,
  getMessageSpec,
  cancelMessageSpec,
  getHealthSpec,
];
