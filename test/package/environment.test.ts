import { inject, test } from 'vitest';
import { buildServices as buildApps } from '../../handlers/apps.ts';
import { buildServices as buildCampaigns } from '../../handlers/campaigns.ts';
import { buildServices as buildCards } from '../../handlers/cards.ts';
import { buildServices as buildDispatchDue } from '../../handlers/dispatch-due.ts';
import { buildServices as buildGrants } from '../../handlers/grants.ts';
import { buildServices as buildHealth } from '../../handlers/health.ts';
import { buildServices as buildMessages } from '../../handlers/messages.ts';
import { buildServices as buildProcessEvents } from '../../handlers/process-events.ts';
import { buildServices as buildReconcileSchedules } from '../../handlers/reconcile-schedules.ts';
import { buildServices as buildSendMessages } from '../../handlers/send-messages.ts';
import { buildServices as buildSessions } from '../../handlers/sessions.ts';
import { buildServices as buildSyncTemplates } from '../../handlers/sync-templates.ts';
import { buildServices as buildTemplateLibrary } from '../../handlers/template-library.ts';
import { buildServices as buildTemplates } from '../../handlers/templates.ts';
import { buildServices as buildWeChatEvents } from '../../handlers/wechat-events.ts';
import { useParameterStore } from '../support/parameter-store.ts';
import { functionId, parseTemplate, propertiesOf } from './template.ts';

const BUILDERS = {
  apps: buildApps,
  sessions: buildSessions,
  grants: buildGrants,
  messages: buildMessages,
  cards: buildCards,
  templates: buildTemplates,
  campaigns: buildCampaigns,
  'reconcile-schedules': buildReconcileSchedules,
  'sync-templates': buildSyncTemplates,
  'template-library': buildTemplateLibrary,
  'wechat-events': buildWeChatEvents,
  'process-events': buildProcessEvents,
  health: buildHealth,
  'dispatch-due': buildDispatchDue,
  'send-messages': buildSendMessages,
};

/** What Lambda, CloudFormation and the parameter store put in at run time. */
const AT_RUN_TIME: Record<string, string> = {
  WECHAT_APP_ID: 'wx0123456789abcdef',
  TABLE_NAME: 'qingniao-prod-table',
  SEND_QUEUE_URL: 'https://sqs.eu-west-1.amazonaws.com/123456789012/send',
  CAMPAIGN_QUEUE_URL: 'https://sqs.eu-west-1.amazonaws.com/123456789012/campaigns',
  SCHEDULE_GROUP_NAME: 'qingniao-prod-campaigns',
  SCHEDULE_ROLE_ARN: 'arn:aws:iam::123456789012:role/campaign-schedules',
  START_RUN_FUNCTION_ARN: 'arn:aws:lambda:eu-west-1:123456789012:function:start-campaign-run',
  EVENT_QUEUE_URL: 'https://sqs.eu-west-1.amazonaws.com/123456789012/events',
  SEND_DEAD_LETTER_QUEUE_URL: 'https://sqs.eu-west-1.amazonaws.com/123456789012/dead-sends',
  CAMPAIGN_DEAD_LETTER_QUEUE_URL: 'https://sqs.eu-west-1.amazonaws.com/123456789012/dead-campaigns',
  EVENT_DEAD_LETTER_QUEUE_URL: 'https://sqs.eu-west-1.amazonaws.com/123456789012/dead-events',
  CHANGES_DEAD_LETTER_QUEUE_URL: 'https://sqs.eu-west-1.amazonaws.com/123456789012/dead-changes',
  EVENT_BUS_NAME: 'qingniao-prod',
  WECHAT_PUSH_TOKEN: 'token123',
  WECHAT_PUSH_AES_KEY: 'k'.repeat(43),
  WECHAT_APP_SECRET: '0123456789abcdef0123456789abcdef',
  SESSION_SECRET: '0123456789abcdef0123456789abcdef',
  API_KEYS: JSON.stringify([{ name: 'backend', sha256: 'a'.repeat(64), scopes: ['send'] }]),
};

const SET_BY_LAMBDA = {
  AWS_REGION: 'eu-west-1',
  AWS_ACCESS_KEY_ID: 'ASIAEXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'secret',
  AWS_SESSION_TOKEN: 'token',
};

const template = parseTemplate(inject('packaged').templateText);

test.each(Object.entries(BUILDERS))(
  '%s starts with the settings that it is deployed with',
  async (name, buildServices) => {
    const { endpoint } = await useParameterStore();
    const services = await buildServices({
      ...deployedEnvironment(name),
      ...SET_BY_LAMBDA,
      AWS_ENDPOINT_URL_SSM: endpoint,
    });
    await services.close();
  },
);

/** The function's variables as it would find them, with the secrets in the place of their parameters' names. */
function deployedEnvironment(name: string): Record<string, string> {
  const { Environment } = propertiesOf(template, functionId(name)) as {
    Environment: { Variables: Record<string, unknown> };
  };
  return Object.fromEntries(
    Object.entries(Environment.Variables).map(([variable, value]) => {
      const plain = variable.replace(/_PARAM$/, '');
      return [plain, AT_RUN_TIME[plain] ?? String(value)];
    }),
  );
}
