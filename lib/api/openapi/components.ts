import {
  campaign,
  campaignBody,
  campaignChangeBody,
  recipientsBody,
  run,
  runBody,
  runRecipient,
} from '../schemas/campaigns.ts';
import { grant, grantReportBody } from '../schemas/grants.ts';
import { batchBody, batchEntry, message, messageBody, settlement } from '../schemas/messages.ts';
import { problemSchema } from '../schemas/problem.ts';
import { loginBody, session } from '../schemas/sessions.ts';
import { dayStatistics } from '../schemas/statistics.ts';
import { aliasBody, checkBody, checkResult, template } from '../schemas/templates.ts';

/** Schemas of answers that have a name in the API document. */
export const answerComponents = {
  Session: session,
  Grant: grant,
  Message: message,
  Campaign: campaign,
  Run: run,
  RunRecipient: runRecipient,
  DayStatistics: dayStatistics,
  Template: template,
  DataCheckResult: checkResult,
  Problem: problemSchema,
};

/** Schemas of bodies that have a name in the API document. */
export const bodyComponents = {
  Login: loginBody,
  GrantReport: grantReportBody,
  NewMessage: messageBody,
  BatchEntry: batchEntry,
  MessageBatch: batchBody,
  Settlement: settlement,
  NewCampaign: campaignBody,
  CampaignChange: campaignChangeBody,
  Recipients: recipientsBody,
  NewRun: runBody,
  DataCheck: checkBody,
  Alias: aliasBody,
};
