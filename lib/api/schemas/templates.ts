import * as v from 'valibot';
import type { FieldKind } from '../../templates/template.ts';
import { bilingual, rfc3339, timezone } from './common.ts';
import { alias, openid, templateId } from './ids.ts';
import { fittedValues, messageWarning, page, templateWarning } from './messages.ts';

const FIELD_KINDS = [
  'thing',
  'number',
  'letter',
  'symbol',
  'character_string',
  'time',
  'date',
  'amount',
  'phone_number',
  'car_number',
  'name',
  'phrase',
  'enum',
  'enum_string',
  'unknown',
] as const satisfies readonly FieldKind[];

const field = v.object({
  key: v.pipe(v.string(), v.description('What the field is called in data: thing1.')),
  kind: v.picklist(FIELD_KINDS),
  label: v.pipe(v.string(), v.description('What the user sees before the value.')),
  example: v.pipe(v.string(), v.description("WeChat's sample value; empty when it gave none.")),
  rule: v.pipe(bilingual, v.description('What WeChat takes here.')),
  values: v.exactOptional(v.pipe(v.array(v.string()), v.description('The only values that WeChat takes.'))),
});

/** What stands to be sent with a template that is gone or changed. */
const usedBy = v.object({
  messages: v.pipe(v.number(), v.description('Booked messages that WeChat would now refuse.')),
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
  kind: v.picklist(['one-time', 'long-term', 'unknown']),
  fields: v.pipe(v.array(field), v.description("In WeChat's order.")),
  warnings: v.array(templateWarning),
  usedBy: v.exactOptional(usedBy),
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
  data: v.pipe(v.unknown(), v.description('As for a message.'), v.metadata({ type: 'object' })),
  page: v.exactOptional(page),
  fit: v.optional(v.boolean(), false),
  timezone: v.exactOptional(timezone),
});

const fieldProblem = v.object({
  path: v.pipe(v.string(), v.description('data.<key>, or data for the whole.')),
  code: v.string(),
  message: bilingual,
  rule: bilingual,
  length: v.exactOptional(v.pipe(v.number(), v.description('UTF-16 units of the value.'))),
  limit: v.exactOptional(v.pipe(v.number(), v.description('UTF-16 units that WeChat takes.'))),
  suggestion: v.exactOptional(bilingual),
});

const checked = { templateId, templateAlias: v.exactOptional(alias), warnings: v.array(messageWarning) };

/** What came of a check. */
export const checkResult = v.union([
  v.object({
    ...checked,
    valid: v.literal(true),
    data: v.pipe(v.record(v.string(), v.string()), v.description('As it would be sent.')),
    page: v.exactOptional(v.string()),
    fitted: fittedValues,
  }),
  v.object({ ...checked, valid: v.literal(false), problems: v.array(fieldProblem) }),
]);

/** The query of a request for an example. */
export const exampleQuery = v.strictObject({
  openid: v.exactOptional(openid),
});

/** A message as it may be posted. */
export const exampleMessage = v.object({
  to: v.pipe(v.string(), v.description('The openid that was asked for, else a place to put one.')),
  templateId: v.pipe(v.string(), v.description('Its alias, where it has one.')),
  data: v.record(v.string(), v.string()),
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
