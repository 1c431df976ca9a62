import type * as v from 'valibot';
import { bilingualText } from '../../bilingual-text.ts';
import { templateData, wrappedText } from '../../templates/normalise-data.ts';
import { fittedValue } from '../../templates/template.ts';
import * as problems from '../problem.ts';
import { app, appList, scope } from '../routes/apps.ts';
import { auditPage, auditRecord } from '../routes/audit.ts';
import { health } from '../routes/health.ts';
import { loginBody, session } from '../routes/sessions.ts';
import { dayStatistics, statisticsPage } from '../routes/statistics.ts';
import { erasedUser } from '../routes/users.ts';
import * as campaignAnswers from '../schemas/campaign-answers.ts';
import * as campaigns from '../schemas/campaigns.ts';
import * as cards from '../schemas/cards.ts';
import { device } from '../schemas/common.ts';
import * as grants from '../schemas/grants.ts';
import * as messages from '../schemas/messages.ts';
import * as library from '../schemas/template-library.ts';
import * as templates from '../schemas/templates.ts';

type Components = Readonly<Record<string, v.GenericSchema>>;

/** What bodies and answers have in common. */
const inBoth = {
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
  ...inBoth,
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
  InvalidData: templates.invalidData,
  FieldProblem: templates.fieldProblem,
  ExampleMessage: templates.exampleMessage,
  Health: health,
  Problem: problems.problemSchema,
  ProblemCode: problems.problemCode,
  InputError: problems.inputErrorSchema,
  WeChatAnswer: problems.wechatAnswer,
  BilingualText: bilingualText,
} satisfies Components;

/** Schemas of bodies that have a name in the API document. */
export const bodyComponents = {
  ...inBoth,
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
