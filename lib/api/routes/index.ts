import type { RouteSpec } from '../route.ts';
import { addRecipientsSpec } from './campaign-recipients.ts';
import {
  changeCampaignSpec,
  createCampaignSpec,
  deleteCampaignSpec,
  getCampaignSpec,
  listCampaignsSpec,
} from './campaigns.ts';
import { createMessageSpec, createMessagesSpec } from './create-messages.ts';
import { listGrantsSpec, reportGrantsSpec } from './grants.ts';
import { getHealthSpec } from './health.ts';
import { cancelMessageSpec, getMessageSpec, listMessagesSpec, settleMessageSpec } from './messages.ts';
import {
  getRunRecipientSpec,
  getRunSpec,
  listRunRecipientsSpec,
  listRunsSpec,
  pauseRunSpec,
  resendFailedSpec,
  resumeRunSpec,
  startRunSpec,
  stopRunSpec,
} from './run-specs.ts';
import { openSessionSpec } from './sessions.ts';
import { getStatisticsSpec } from './statistics.ts';
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
  createCampaignSpec,
  listCampaignsSpec,
  getCampaignSpec,
  changeCampaignSpec,
  deleteCampaignSpec,
  addRecipientsSpec,
  startRunSpec,
  listRunsSpec,
  getRunSpec,
  listRunRecipientsSpec,
  getRunRecipientSpec,
  pauseRunSpec,
  resumeRunSpec,
  stopRunSpec,
  resendFailedSpec,
  getStatisticsSpec,
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
