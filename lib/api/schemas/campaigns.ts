import * as v from 'valibot';
import { campaign as storedCampaign } from '../../campaigns/campaign.ts';
import { openidError, variablesError } from '../../campaigns/recipients/recipient-rules.ts';
import { isRunId } from '../../campaigns/runs/run.ts';
import { readPage } from '../../campaigns/variables.ts';
import { instant, named, templateId, wholeNumber } from './common.ts';
import { ERROR_MESSAGES } from './error-messages.ts';
import { anyData, lang, miniprogramState } from './messages.ts';

const name = v.pipe(
  v.string(),
  v.regex(/^(?=.*\S)[^\p{Cc}]{1,100}$/u, ERROR_MESSAGES.name),
  v.metadata({ minLength: 1, maxLength: 100 }),
  v.description('What you call it: up to 100 characters, not spaces alone, without control characters.'),
);

const data = v.pipe(
  anyData,
  v.description(
    'One text for each field of the template, as for a message. A text may hold {{variable}}, replaced for each recipient.',
  ),
);

const page = v.pipe(
  v.string(),
  v.description(
    'The page that the card opens, as for a message. It may hold {{variable}} in path and query, replaced for each recipient and percent-encoded.',
  ),
  v.metadata({ minLength: 1 }),
  v.check((text) => readPage(text) !== undefined, ERROR_MESSAGES.page),
  v.transform((text) => readPage(text) ?? text),
);

const fit = v.pipe(
  v.boolean(),
  v.description(
    "Shorten and reformat each recipient's values that can be fitted without changing their meaning.",
  ),
);

/** Someone who is to get a campaign's message. */
export const recipient = v.strictObject({
  openid: v.pipe(
    v.string(),
    v.check((text) => openidError(text) === undefined, ERROR_MESSAGES.openid),
  ),
  variables: v.exactOptional(
    v.pipe(
      v.record(v.string(), v.string()),
      v.check((texts) => variablesError(texts) === undefined, ERROR_MESSAGES.variables),
      v.description('The texts for {{variable}}.'),
    ),
  ),
});

const MAX_INLINE = 1000;

const recipients = v.pipe(
  v.array(recipient),
  v.maxLength(MAX_INLINE, ERROR_MESSAGES.maxRecipients(MAX_INLINE)),
);

/** Everyone who holds a grant for the template. */
export const grantees = v.strictObject({ type: v.literal('grantees') });

/** Those who are named. */
export const namedRecipients = v.strictObject({
  type: v.literal('recipients'),
  recipients: v.optional(recipients, []),
});

/** When a campaign runs by itself. */
export const schedule = v.strictObject({
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
  wholeNumber(1),
  v.maxValue(100_000, ERROR_MESSAGES.max(100_000)),
  v.description('The most that leave in a second; a burst may use up one second at once.'),
);

const clock = v.pipe(v.string(), v.regex(/^([01]\d|2[0-3]):[0-5]\d$/, ERROR_MESSAGES.wallClock));

/** When nothing of a campaign leaves. */
export const quietHours = v.pipe(
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
  audience: v.variant('type', [grantees, namedRecipients]),
  schedule: v.exactOptional(schedule),
  maxPerSecond: v.exactOptional(maxPerSecond),
  quietHours: v.exactOptional(quietHours),
});

/** Whether a campaign starts runs. */
export const campaignStatus = storedCampaign.entries.status;

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
      v.pipe(
        named(campaignStatus),
        v.description('paused: it starts no run until it is active again. ended: for good.'),
      ),
    ),
  }),
  v.check((change) => Object.keys(change).length > 0, ERROR_MESSAGES.someChange),
);

/** The body of a request that adds recipients. */
export const recipientsBody = v.strictObject({
  recipients: v.pipe(recipients, v.minLength(1, ERROR_MESSAGES.oneRecipient)),
});

/** The body of a request for a run. */
export const runBody = v.pipe(
  v.strictObject({
    dryRun: v.optional(
      v.pipe(v.boolean(), v.description('Count and check everyone, and send nothing.')),
      false,
    ),
    scheduledAt: v.exactOptional(
      instant(
        'Stand in for the schedule, which missed this moment of its own: the same run, however often either asks for it.',
      ),
    ),
  }),
  v.forward(
    v.check(({ dryRun, scheduledAt }) => !dryRun || scheduledAt === undefined, ERROR_MESSAGES.notWithDryRun),
    ['scheduledAt'],
  ),
);

/** The id of a run. */
export const runId = v.pipe(
  v.string(),
  v.maxLength(64),
  v.check(isRunId, 'must be the id of a run'),
  v.description('The id of the run.'),
);
