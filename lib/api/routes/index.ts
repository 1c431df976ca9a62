import type { RouteSpec } from '../route.ts';
import { accountTemplateSpecs } from './account-templates.ts';
import { appSpecs } from './apps.ts';
import { auditSpecs } from './audit.ts';
import { recipientSpecs } from './campaign-recipients.ts';
import { runSpecs } from './campaign-runs.ts';
import { campaignSpecs } from './campaigns.ts';
import { cardSpecs } from './cards.ts';
import { grantSpecs } from './grants.ts';
import { healthSpecs } from './health.ts';
import { messageSpecs } from './messages.ts';
import { sessionSpecs } from './sessions.ts';
import { statisticsSpecs } from './statistics.ts';
import { templateLibrarySpecs } from './template-library.ts';
import { templateSpecs } from './templates.ts';
import { userSpecs } from './users.ts';
import { wechatEventSpecs } from './wechat-events.ts';

/** Every route of the service, in the order of the API document. */
export const routeSpecs: readonly RouteSpec[] = Object.values<RouteSpec>({
  ...sessionSpecs,
  ...grantSpecs,
  ...messageSpecs,
  ...cardSpecs,
  ...campaignSpecs,
  ...recipientSpecs,
  ...runSpecs,
  ...statisticsSpecs,
  ...appSpecs,
  ...userSpecs,
  ...templateSpecs,
  ...templateLibrarySpecs,
  ...accountTemplateSpecs,
  ...auditSpecs,
  ...wechatEventSpecs,
  ...healthSpecs,
});
