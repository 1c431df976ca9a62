import type { RouteSpec } from '../route.ts';
import { createMessageSpec, createMessagesSpec } from './create-messages.ts';
import { listGrantsSpec, reportGrantsSpec } from './grants.ts';
import { getHealthSpec } from './health.ts';
import { cancelMessageSpec, getMessageSpec, listMessagesSpec, settleMessageSpec } from './messages.ts';
import { openSessionSpec } from './sessions.ts';
import {
  checkDataSpec,
  getExampleSpec,
  getTemplateSpec,
  listTemplatesSpec,
  removeAliasSpec,
  setAliasSpec,
  syncTemplatesSpec,
} from './templates.ts';
import { eraseUserSpec } from './users.ts';
import { receiveEventSpec, verifyCallbackSpec } from './wechat-events.ts';

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
  settleMessageSpec,
  eraseUserSpec,
  listTemplatesSpec,
  syncTemplatesSpec,
  getTemplateSpec,
  checkDataSpec,
  getExampleSpec,
  setAliasSpec,
  removeAliasSpec,
  verifyCallbackSpec,
  receiveEventSpec,
  getHealthSpec,
];
