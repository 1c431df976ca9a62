import type { RouteSpec } from '../route.ts';
import { accountTemplateSpecs } from './account-templates.ts';
import { listAppsSpec } from './apps.ts';
import { listAuditSpec } from './audit.ts';
import { addRecipientsSpec } from './campaign-recipients.ts';
import { runSpecs } from './campaign-runs.ts';
import { campaignSpecs } from './campaigns.ts';
import { cardSpecs } from './cards.ts';
import { grantSpecs } from './grants.ts';
import { getHealthSpec } from './health.ts';
import { messageSpecs } from './messages.ts';
import { openSessionSpec } from './sessions.ts';
import { getStatisticsSpec } from './statistics.ts';
import { templateLibrarySpecs } from './template-library.ts';
import { templateSpecs } from './templates.ts';
import { eraseUserSpec } from './users.ts';
import { wechatEventSpecs } from './wechat-events.ts';

/** Every route of the service, in the order of the API document. */
export const routeSpecs: readonly RouteSpec[] = [
  openSessionSpec,
  ...Object.values(grantSpecs),
  ...Object.values(messageSpecs),
  ...Object.values(cardSpecs),
  ...Object.values(campaignSpecs),
  addRecipientsSpec,
  ...Object.values(runSpecs),
  getStatisticsSpec,
  listAppsSpec,
  eraseUserSpec,
  ...Object.values(templateSpecs),
  ...Object.values(templateLibrarySpecs),
  ...Object.values(accountTemplateSpecs),
  listAuditSpec,
  ...Object.values(wechatEventSpecs),
  getHealthSpec,
];
