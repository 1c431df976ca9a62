import type { BilingualText } from '../bilingual-text.ts';
import type { FieldProblem } from '../templates/field-problem.ts';
import { normaliseData } from '../templates/normalise-data.ts';
import { prepareData } from '../templates/prepare-data.ts';
import { type Template, templateKindOf } from '../templates/template.ts';
import { timezoneError } from '../time-zone.ts';
import type { Campaign, QuietHours, Recipient, RequestedSchedule, RunContent } from './campaign.ts';
import { nextRuns, readExpression } from './schedule/schedule-expression.ts';
import { hasVariables, variablesIn, variablesInPage } from './variables.ts';

/** A campaign as its owner asks for it. */
export interface CampaignInput extends Omit<RunContent, 'data'> {
  readonly name: string;
  /** As for a message; unchecked. */
  readonly data: unknown;
  readonly audience:
    | { readonly type: 'grantees' }
    | { readonly type: 'recipients'; readonly recipients: readonly Recipient[] };
  readonly schedule?: RequestedSchedule;
}

/** A part of the input and the rule that it breaks. `path` is dotted. */
export interface ValidationError {
  readonly path: string;
  readonly message: BilingualText;
}

/** Why the input is refused. Nothing was stored. */
export type InputRefusal =
  | { readonly type: 'unknown-template' }
  | { readonly type: 'invalid-data'; readonly problems: readonly FieldProblem[] }
  | {
      readonly type: 'invalid-schedule' | 'invalid-variables' | 'invalid-order';
      readonly errors: readonly ValidationError[];
    };

/** Errors of the keys. All others are about values, which variables may still change. */
const KEY_ERRORS: ReadonlySet<string> = new Set(['unexpected-key', 'data-suffix', 'not-text', 'missing']);

/** The texts as they are stored, or their problems. One with a variable is checked for each recipient. */
export function checkTexts(
  template: Template,
  input: unknown,
  fit: boolean,
):
  | { readonly type: 'texts'; readonly data: Campaign['data'] }
  | Extract<InputRefusal, { type: 'invalid-data' }> {
  const { data } = normaliseData(input);
  const open = new Set(
    Object.keys(data)
      .filter((key) => hasVariables(data[key] ?? ''))
      .map((key) => `data.${key}`),
  );
  const prepared = prepareData(template, input, { fit });
  const problems =
    prepared.type === 'valid'
      ? []
      : prepared.problems.filter(({ path, code }) => !open.has(path) || KEY_ERRORS.has(code));
  return problems.length === 0 ? { type: 'texts', data } : { type: 'invalid-data', problems };
}

/** Refuses a device template: each of its messages is about one device of one user, which no list names. */
export function checkKind(template: Template): InputRefusal | undefined {
  if (templateKindOf(template) !== 'device') return undefined;
  const message = {
    en: 'must not be a device template: a message of one names a device. Send it with POST /v1/messages or /v1/messages/batch',
    zh: '不能是设备消息模板：这类消息必须指明设备。请用 POST /v1/messages 或 /v1/messages/batch 发送',
  };
  return { type: 'invalid-order', errors: [{ path: 'templateId', message }] };
}

/** Refuses variables for grantees, who have none: the message could be sent to nobody. */
export function checkGrantees({ data, page }: Pick<Campaign, 'data' | 'page'>): InputRefusal | undefined {
  const parts = [
    ...Object.entries(data).map(([key, text]) => ({ path: `data.${key}`, names: variablesIn({ text }) })),
    { path: 'page', names: variablesInPage(page) },
  ];
  const errors = parts.flatMap(({ path, names }) =>
    names.map((name) => ({
      path,
      message: {
        en: `{{${name}}} has no value: grantees have no variables. Name the recipients with theirs instead`,
        zh: `{{${name}}} 没有取值：面向全部已授权用户的活动没有变量，请改为指定名单并附上变量`,
      },
    })),
  );
  return errors.length === 0 ? undefined : { type: 'invalid-variables', errors };
}

/** Refuses a schedule that EventBridge would refuse, and one that never runs. */
export function checkSchedule(
  schedule: RequestedSchedule | undefined,
  nowMs: number,
): InputRefusal | undefined {
  if (!schedule) return undefined;
  const read = readExpression(schedule);
  if (read.type === 'bad') return refusal(`schedule.${read.path}`, read.invalid);
  if (nextRuns(schedule, nowMs, 1).length > 0) return undefined;
  return refusal(
    'schedule.expression',
    read.expression.type === 'at'
      ? { en: 'must not lie in the past', zh: '不能早于现在' }
      : { en: 'must have a time to come', zh: '今后不会再触发' },
  );
}

function refusal(path: string, message: BilingualText): InputRefusal {
  return { type: 'invalid-schedule', errors: [{ path, message }] };
}

/** Refuses quiet hours without an end or in no time zone. */
export function checkQuietHours(quietHours: QuietHours | undefined): InputRefusal | undefined {
  if (!quietHours) return undefined;
  const zoneError = timezoneError(quietHours.timezone);
  const errors: ValidationError[] = [
    ...(zoneError === undefined ? [] : [{ path: 'quietHours.timezone', message: zoneError }]),
    ...(quietHours.from === quietHours.to
      ? [
          {
            path: 'quietHours.to',
            message: {
              en: 'must differ from "from": nothing could ever be sent',
              zh: '不能与 from 相同，否则永远无法发送',
            },
          },
        ]
      : []),
  ];
  return errors.length === 0 ? undefined : { type: 'invalid-order', errors };
}
