import * as v from 'valibot';
import { bilingualText } from '../../bilingual-text.ts';
import { FIELD_KINDS, fittedValue } from '../../templates/template.ts';
import { pageOf } from '../paging.ts';
import { alias, count, named, openid, rfc3339, templateId, timezone } from './common.ts';
import { templateKind } from './grants.ts';
import { anyData, messageWarning, page, templateTexts, templateWarning } from './messages.ts';

/** A field of a template. */
export const templateField = v.object({
  key: v.pipe(v.string(), v.description('What the field is called in data: thing1.')),
  kind: v.picklist(FIELD_KINDS),
  label: v.pipe(v.string(), v.description('What the user sees before the value.')),
  example: v.pipe(v.string(), v.description("WeChat's sample value; empty when it gave none.")),
  rule: v.pipe(named(bilingualText), v.description('What WeChat takes here.')),
  values: v.exactOptional(v.pipe(v.array(v.string()), v.description('The only values that WeChat takes.'))),
});

/** What stands to be sent with a template that is gone or changed. */
export const templateUse = v.object({
  messages: v.pipe(count, v.description('Booked messages that WeChat would now refuse.')),
  messageIds: v.pipe(v.array(v.string()), v.description('The first hundred of them, soonest first.')),
  campaigns: v.pipe(
    v.array(v.object({ id: v.string(), name: v.string() })),
    v.description('Campaigns that were paused for it.'),
  ),
});

/** A template of the account, as callers see it. */
export const template = v.object({
  templateId,
  alias: v.exactOptional(alias),
  title: v.string(),
  kind: templateKind,
  fields: v.pipe(v.array(templateField), v.description("In WeChat's order.")),
  warnings: v.array(templateWarning),
  usedBy: v.exactOptional(templateUse),
  syncedAt: v.pipe(rfc3339, v.description('When WeChat last listed it.')),
});

const ids = v.array(templateId);

/** What reading the templates again brought. */
export const syncResult = v.object({
  items: v.array(template),
  added: ids,
  changed: v.pipe(ids, v.description('Whose fields are others than before.')),
  removed: v.pipe(ids, v.description('That WeChat no longer lists.')),
});

/** The body of a request for a check. */
export const checkBody = v.strictObject({
  data: anyData,
  page: v.exactOptional(page),
  fit: v.optional(v.boolean(), false),
  timezone: v.exactOptional(timezone),
});

/** What is wrong with a value of a field. */
export const fieldProblem = v.object({
  path: v.pipe(v.string(), v.description('data.<key>, or data for the whole.')),
  code: v.string(),
  message: bilingualText,
  rule: bilingualText,
  length: v.exactOptional(v.pipe(count, v.description('UTF-16 units of the value.'))),
  limit: v.exactOptional(v.pipe(count, v.description('UTF-16 units that WeChat takes.'))),
  suggestion: v.exactOptional(bilingualText),
});

const checked = { templateId, templateAlias: v.exactOptional(alias), warnings: v.array(messageWarning) };

/** Data that could be sent. */
export const validData = v.object({
  ...checked,
  valid: v.literal(true),
  data: v.pipe(named(templateTexts), v.description('As it would be sent.')),
  page: v.exactOptional(v.string()),
  fitted: v.array(fittedValue),
});

/** Data that could not be sent. */
export const invalidDataSchema = v.object({
  ...checked,
  valid: v.literal(false),
  problems: v.array(fieldProblem),
});

/** What came of a check. */
export const checkResult = v.variant('valid', [validData, invalidDataSchema]);

/** The query of a request for an example. */
export const exampleQuery = v.strictObject({
  openid: v.exactOptional(openid),
});

/** A message as it may be posted. */
export const exampleMessage = v.object({
  to: v.pipe(v.string(), v.description('The openid that was asked for, else a place to put one.')),
  templateId: v.pipe(v.string(), v.description('Its alias, where it has one.')),
  device: v.exactOptional(
    v.pipe(
      v.object({ sn: v.string(), modelId: v.string() }),
      v.description('Of a device template: a place to put the device.'),
    ),
  ),
  data: templateTexts,
  miniprogramState: v.literal('formal'),
  lang: v.literal('zh_CN'),
});

/** The body of a request to name a template. */
export const aliasBody = v.strictObject({
  alias,
  move: v.optional(
    v.pipe(v.boolean(), v.description('Take the alias from the template that has it now.')),
    false,
  ),
});

/** The body of a request to declare a template's kind. */
export const kindBody = v.strictObject({
  kind: v.pipe(
    v.picklist(['one-time', 'long-term', 'limited', 'device']),
    v.description("WeChat's own kind takes the declaration back."),
  ),
});

/** A page of templates. */
export const templatePage = pageOf(template);
