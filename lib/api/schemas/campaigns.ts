import * as v from 'valibot';
import { readPage } from '../../campaigns/page-variables.ts';
import { openidFault, variablesFault } from '../../campaigns/recipients/recipient-rules.ts';
import { rfc3339 } from './common.ts';
import { alias, openid, templateId } from './ids.ts';
import { messageWarning } from './messages.ts';
import { RULES } from './rules.ts';

const name = v.pipe(
  v.string(),
  v.regex(/^(?=.*\S)[^\p{Cc}]{1,100}$/u, RULES.name),
  v.description('What you call it.'),
);

const data = v.pipe(
  v.unknown(),
  v.description(
    'One text for each field of the template, as for a message. A text may hold {{variable}}, replaced for each recipient.',
  ),
  v.metadata({ type: 'object' }),
);

const page = v.pipe(
  v.string(),
  v.metadata({ minLength: 1 }),
  v.check((text) => readPage(text) !== undefined, RULES.page),
  v.transform((text) => readPage(text) ?? text),
  v.description(
    'The page that the card opens, as for a message. It may hold {{variable}} in path and query, replaced for each recipient and percent-encoded.',
  ),
);

const miniprogramState = v.picklist(['developer', 'trial', 'formal']);
const lang = v.picklist(['zh_CN', 'en_US', 'zh_HK', 'zh_TW']);

const fit = v.pipe(
  v.boolean(),
  v.description(
    "Shorten and reformat each recipient's values that can be fitted without changing their meaning.",
  ),
);

/** Someone who is to get a campaign's message. */
const recipient = v.pipe(
  v.strictObject({
    openid: v.pipe(
      v.string(),
      v.check((text) => openidFault(text) === undefined, RULES.openid),
    ),
    variables: v.exactOptional(
      v.pipe(
        v.record(v.string(), v.string()),
        v.check((texts) => variablesFault(texts) === undefined, RULES.variables),
        v.description('The texts for {{variable}}.'),
      ),
    ),
  }),
);

const MOST_INLINE = 1000;

const recipients = v.pipe(v.array(recipient), v.maxLength(MOST_INLINE, RULES.mostRecipients(MOST_INLINE)));

const audience = v.variant('type', [
  v.strictObject({ type: v.literal('grantees') }),
  v.strictObject({ type: v.literal('recipients'), recipients: v.optional(recipients, []) }),
]);

const schedule = v.strictObject({
  expression: v.pipe(
    v.string(),
    v.maxLength(256),
    v.description(
      "EventBridge Scheduler's own: cron(0 9 ? * MON *), rate(7 days) or at(2026-12-01T09:00:00).",
    ),
  ),
  timezone: v.pipe(v.string(), v.maxLength(64), v.description('An IANA time zone, such as Asia/Shanghai.')),
});

const maxPerSecond = v.pipe(
  v.number(),
  v.integer(RULES.wholeNumber),
  v.minValue(1, RULES.least(1)),
  v.maxValue(100_000, RULES.most(100_000)),
  v.description('The most that leave in a second; a burst may use up one second at once.'),
);

const clock = v.pipe(v.string(), v.regex(/^([01]\d|2[0-3]):[0-5]\d$/, RULES.wallClock));

const quietHours = v.pipe(
  v.strictObject({ from: clock, to: clock, timezone: v.pipe(v.string(), v.maxLength(64)) }),
  v.description('Nothing leaves from `from` until `to`, over midnight too; what is left goes on then.'),
);

/** The body of a request for a campaign. */
export const campaignBody = v.strictObject({
  name,
  templateId,
  data,
  page: v.exactOptional(page),
  miniprogramState: v.optional(miniprogramState, 'formal'),
  lang: v.optional(lang, 'zh_CN'),
  fit: v.optional(fit, false),
  audience,
  schedule: v.exactOptional(schedule),
  maxPerSecond: v.exactOptional(maxPerSecond),
  quietHours: v.exactOptional(quietHours),
});

const status = v.picklist(['active', 'paused', 'ended']);

/** The body of a change to a campaign: what is left out stays, null takes away. */
export const campaignChangeBody = v.pipe(
  v.strictObject({
    name: v.exactOptional(name),
    data: v.exactOptional(data),
    page: v.exactOptional(v.nullable(page)),
    miniprogramState: v.exactOptional(miniprogramState),
    lang: v.exactOptional(lang),
    fit: v.exactOptional(fit),
    schedule: v.exactOptional(v.nullable(schedule)),
    maxPerSecond: v.exactOptional(v.nullable(maxPerSecond)),
    quietHours: v.exactOptional(v.nullable(quietHours)),
    status: v.exactOptional(
      v.pipe(status, v.description('paused: it starts no run until it is active again. ended: for good.')),
    ),
  }),
  v.check((change) => Object.keys(change).length > 0, RULES.someChange),
);

/** The body of a request that adds recipients. */
export const recipientsBody = v.strictObject({
  recipients: v.pipe(recipients, v.minLength(1, RULES.oneRecipient)),
});

/** The body of a request for a run. */
export const runBody = v.strictObject({
  dryRun: v.optional(
    v.pipe(v.boolean(), v.description('Count and check everyone, and send nothing.')),
    false,
  ),
});

const counts = v.object({
  pending: v.number(),
  sent: v.number(),
  delivered: v.number(),
  refused: v.number(),
  failed: v.number(),
  unknown: v.number(),
  skipped: v.number(),
});

/** One run of a campaign, as callers see it. */
export const run = v.object({
  id: v.string(),
  campaignId: v.string(),
  status: v.picklist(['running', 'paused', 'stopped', 'finished']),
  trigger: v.picklist(['schedule', 'manual', 'resend-failed']),
  dryRun: v.boolean(),
  ofRunId: v.exactOptional(
    v.pipe(v.string(), v.description('The run whose failed recipients this one is for.')),
  ),
  startedAt: rfc3339,
  finishedAt: v.exactOptional(rfc3339),
  recipients: v.pipe(v.number(), v.description('How many it is for, as far as they are counted.')),
  counts,
  byErrcode: v.pipe(v.record(v.string(), v.number()), v.description('Final outcomes by WeChat errcode.')),
  quietUntil: v.exactOptional(
    v.pipe(rfc3339, v.description('Nothing is sent before then: these are its quiet hours.')),
  ),
  perSecond: v.exactOptional(v.number()),
  secondsLeft: v.exactOptional(v.number()),
});

/** What became of one recipient in one run. */
export const runRecipient = v.object({
  openid,
  status: v.picklist(['pending', 'sent', 'delivered', 'refused', 'failed', 'unknown', 'skipped']),
  attempts: v.pipe(v.number(), v.description('Requests that left for WeChat.')),
  at: v.exactOptional(rfc3339),
  errcode: v.exactOptional(v.number()),
  errmsg: v.exactOptional(v.string()),
  rid: v.exactOptional(v.string()),
  msgid: v.exactOptional(v.string()),
  reason: v.exactOptional(v.string()),
  problems: v.exactOptional(
    v.pipe(v.array(v.string()), v.description('What stands against the texts for this recipient.')),
  ),
});

/** A campaign, as callers see it. */
export const campaign = v.object({
  id: v.string(),
  name: v.string(),
  templateId,
  templateAlias: v.exactOptional(alias),
  data: v.record(v.string(), v.string()),
  page: v.exactOptional(v.string()),
  warnings: v.exactOptional(v.array(messageWarning)),
  miniprogramState,
  lang,
  fit: v.boolean(),
  audience: v.union([
    v.object({ type: v.literal('grantees') }),
    v.object({ type: v.literal('recipients'), count: v.number() }),
  ]),
  schedule: v.exactOptional(v.object({ expression: v.string(), timezone: v.string() })),
  maxPerSecond: v.exactOptional(v.number()),
  quietHours: v.exactOptional(v.object({ from: v.string(), to: v.string(), timezone: v.string() })),
  status,
  nextRunAt: v.exactOptional(rfc3339),
  nextRuns: v.exactOptional(v.pipe(v.array(rfc3339), v.description('The next five; not in lists.'))),
  lastRun: v.exactOptional(v.pipe(run, v.description('The run that began last; not in lists.'))),
  createdAt: rfc3339,
  updatedAt: rfc3339,
});
