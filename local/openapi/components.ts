import type * as v from 'valibot';
import * as problems from '../../lib/api/problem.ts';
import { app, appList, scope } from '../../lib/api/routes/apps.ts';
import { auditPage, auditRecord } from '../../lib/api/routes/audit.ts';
import { health } from '../../lib/api/routes/health.ts';
import { loginBody, session } from '../../lib/api/routes/sessions.ts';
import { dayStatistics, statisticsPage } from '../../lib/api/routes/statistics.ts';
import { erasedUser } from '../../lib/api/routes/users.ts';
import * as campaignAnswers from '../../lib/api/schemas/campaign-answers.ts';
import * as campaigns from '../../lib/api/schemas/campaigns.ts';
import * as cards from '../../lib/api/schemas/cards.ts';
import { device } from '../../lib/api/schemas/common.ts';
import * as grants from '../../lib/api/schemas/grants.ts';
import * as messages from '../../lib/api/schemas/messages.ts';
import * as library from '../../lib/api/schemas/template-library.ts';
import * as templates from '../../lib/api/schemas/templates.ts';
import { bilingualText } from '../../lib/bilingual-text.ts';
import { templateData, wrappedText } from '../../lib/templates/normalise-data.ts';
import { fittedValue } from '../../lib/templates/template.ts';

type Components = Readonly<Record<string, v.GenericSchema>>;

/** What bodies and answers have in common. */
const shared = {
  MiniprogramState: messages.miniprogramState,
  Lang: messages.lang,
  CampaignStatus: campaigns.campaignStatus,
  Grantees: campaigns.grantees,
  Schedule: campaigns.schedule,
  QuietHours: campaigns.quietHours,
  Device: device,
  TemplateKind: grants.templateKind,
} satisfies Components;

/**
 * Schemas of answers that have a name in the API document, and so a class of their own in a generated client.
 */
export const answerComponents = {
  ...shared,
  Session: session,
  Grant: grants.grant,
  GrantList: grants.grantList,
  GrantPage: grants.grantPage,
  Message: messages.message,
  MessageStatus: messages.messageStatus,
  Outcome: messages.outcome,
  TemplateTexts: messages.templateTexts,
  FittedValue: fittedValue,
  MessageWarning: messages.messageWarning,
  MessagePage: messages.messagePage,
  AcceptedEntry: messages.acceptedEntry,
  RefusedEntry: messages.refusedEntry,
  BatchResult: messages.batchResult,
  Card: cards.card,
  CardStatus: cards.cardStatus,
  CardPage: cards.cardPage,
  Campaign: campaignAnswers.campaign,
  CountedRecipients: campaignAnswers.countedRecipients,
  CampaignPage: campaignAnswers.campaignPage,
  AddedRecipients: campaignAnswers.addedRecipients,
  Run: campaignAnswers.run,
  RunCounts: campaignAnswers.runCounts,
  RunPage: campaignAnswers.runPage,
  RunRecipient: campaignAnswers.runRecipient,
  RunRecipientPage: campaignAnswers.runRecipientPage,
  DayStatistics: dayStatistics,
  StatisticsPage: statisticsPage,
  AuditRecord: auditRecord,
  AuditPage: auditPage,
  App: app,
  AppList: appList,
  Scope: scope,
  ErasedUser: erasedUser,
  Template: templates.template,
  TemplateField: templates.templateField,
  TemplateWarning: messages.templateWarning,
  TemplateUse: templates.templateUse,
  TemplatePage: templates.templatePage,
  TemplateSync: templates.syncResult,
  LibraryCategory: library.libraryCategory,
  LibraryCategoryPage: library.categoryPage,
  LibraryTitle: library.libraryTitle,
  LibraryTitlePage: library.titlePage,
  LibraryKeyword: library.libraryKeyword,
  LibraryKeywordPage: library.keywordPage,
  DeletedTemplate: library.deletedTemplate,
  DataCheckResult: templates.checkResult,
  ValidData: templates.validData,
  InvalidData: templates.invalidDataSchema,
  FieldProblem: templates.fieldProblem,
  ExampleMessage: templates.exampleMessage,
  Health: health,
  Problem: problems.problemSchema,
  ProblemCode: problems.problemCode,
  InputError: problems.inputErrorSchema,
  WeChatAnswer: problems.shownWeChatAnswer,
  BilingualText: bilingualText,
} satisfies Components;

/** Schemas of bodies that have a name in the API document. */
export const bodyComponents = {
  ...shared,
  Login: loginBody,
  GrantReport: grants.grantReportBody,
  NewMessage: messages.messageBody,
  TemplateData: templateData,
  WrappedText: wrappedText,
  BatchEntry: messages.batchEntry,
  MessageBatch: messages.batchBody,
  Settlement: messages.settlement,
  NewCard: cards.cardBody,
  PayCheck: cards.payCheck,
  CardChange: cards.cardChangeBody,
  NewCampaign: campaigns.campaignBody,
  NamedRecipients: campaigns.namedRecipients,
  Recipient: campaigns.recipient,
  CampaignChange: campaigns.campaignChangeBody,
  Recipients: campaigns.recipientsBody,
  NewRun: campaigns.runBody,
  NewTemplate: library.newTemplateBody,
  DataCheck: templates.checkBody,
  Alias: templates.aliasBody,
  DeclaredKind: templates.kindBody,
} satisfies Components;
