import * as v from 'valibot';
import { CALL_NAMES } from './calls.ts';
import { durationMs } from './faults.ts';
import { POPUP_STATUSES } from './phone.ts';
import { switchChangesSchema } from './switches.ts';
import { templateSchema } from './templates.ts';

/** An openid or an appid. */
const openid = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{1,64}$/, 'Use 1-64 letters, digits, "_" or "-".'));
const ids = v.array(v.string());
/** A number that comes as text, from the query. */
export const wholeNumber = v.pipe(v.string(), v.regex(/^\d+$/, 'Give a whole number.'), v.transform(Number));
/** No input at all. */
export const nothing = v.strictObject({});

/** An app to add. */
export const appOptionsSchema = v.strictObject({
  appid: v.exactOptional(openid),
  secret: v.exactOptional(v.pipe(v.string(), v.minLength(1))),
  templates: v.exactOptional(v.array(templateSchema)),
  openids: v.exactOptional(v.array(openid)),
  switches: v.exactOptional(switchChangesSchema),
});

/** A user to create or to change, or how many to create. */
export const userSchema = v.strictObject({
  openid: v.exactOptional(openid),
  unionid: v.exactOptional(v.pipe(v.string(), v.minLength(1))),
  blocked: v.exactOptional(v.boolean()),
  count: v.exactOptional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1_000_000))),
});

/** What a user taps in the popup. */
export const tapsSchema = v.strictObject({
  openid: v.string(),
  results: v.record(v.string(), v.picklist(POPUP_STATUSES)),
  always: v.exactOptional(v.boolean()),
  baseLibrary: v.exactOptional(
    v.pipe(v.string(), v.regex(/^\d+\.\d+\.\d+$/, 'Give a version such as 3.12.1.')),
  ),
});

/** What a user taps in the popup about a device. */
export const deviceTapsSchema = v.strictObject({
  openid: v.string(),
  results: v.record(v.string(), v.picklist(POPUP_STATUSES)),
  always: v.exactOptional(v.boolean()),
  sn: v.string(),
  modelId: v.string(),
  snTicket: v.string(),
});

/** A device. */
export const deviceSchema = v.strictObject({ sn: v.string(), modelId: v.string() });

/** What a user changes on the settings page. */
export const settingChangesSchema = v.strictObject({
  openid: v.string(),
  mainSwitch: v.exactOptional(v.boolean()),
  templateOff: v.exactOptional(ids),
  templateOn: v.exactOptional(ids),
  askAgain: v.exactOptional(ids),
});

/** How long every call takes. */
export const latencySchema = v.strictObject({
  ms: durationMs,
  jitterMs: v.exactOptional(durationMs),
});

/** Which received requests to list; numbers come as text, from the query. */
export const receivedSchema = v.strictObject({
  call: v.exactOptional(v.picklist([...CALL_NAMES, 'unknown'])),
  openid: v.exactOptional(v.string()),
  templateId: v.exactOptional(v.string()),
  after: v.exactOptional(wholeNumber),
  limit: v.exactOptional(wholeNumber),
});

/** Which grants to list. */
export const pairSchema = v.strictObject({
  openid: v.exactOptional(v.string()),
  templateId: v.exactOptional(v.string()),
});

/** One user. */
export const openidSchema = v.strictObject({ openid });

/** Templates to add or to replace. */
export const templatesSchema = v.strictObject({ templates: v.array(templateSchema) });

/** One template. */
export const templateIdSchema = v.strictObject({ templateId: v.string() });
