import * as v from 'valibot';
import { JSON_SCALARS } from './events/render-message.ts';

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const limit = v.nullable(count);
const ms = v.pipe(v.number(), v.minValue(0), v.maxValue(600_000));

const entries = {
  /** Whether an accepted send answers with a `msgid` above 2^53 (WeChat contract §3.2). */
  msgid: v.boolean(),
  /** Whether overlapping sends to one openid draw 43108. */
  concurrencyLock: v.boolean(),
  /** The account may not send at all: 43107, and popups fail with 20005. */
  accountBanned: v.boolean(),
  /** Addresses that may fetch tokens; null lets every address. */
  ipWhitelist: v.nullable(v.array(v.string())),
  /** A value that contains one of these draws 45168. */
  sensitiveWords: v.array(v.pipe(v.string(), v.minLength(1))),
  /** Whether values that the rules do not surely take draw 47003 (WeChat contract §4). Nobody knows; false takes them. */
  refuseDoubtful: v.boolean(),
  /** What a limited template answers over its rate. WeChat's own errcode is not known. */
  overRateErrcode: v.pipe(v.number(), v.integer(), v.notValue(0)),
  /** Whether grants come back when a user turns a template off and on again. WeChat does not say; false refuses. */
  grantsSurviveOff: v.boolean(),
  /** Lifetime of a new access token. */
  tokenLifetimeSeconds: v.pipe(count, v.minValue(1), v.maxValue(7200)),
  loginsPerUserPerMinute: limit,
  plainTokensPerDay: limit,
  stableTokensPerDay: limit,
  stableTokensPerMinute: limit,
  sendsPerDay: limit,
  sendsPerMinute: limit,
  templateListsPerDay: limit,
  /** How many private templates the account may have (WeChat contract §5.3). */
  privateTemplates: limit,
  /** How the library's titles write their `tid`: pages show numbers, silenceper's SDK reads texts only (WeChat contract §5.1). */
  titleIds: v.picklist(['text', 'number']),
  /** Time that every call takes before WeChat decides. */
  latencyMs: ms,
  /** Random addition to `latencyMs`, from 0 up to this. */
  latencyJitterMs: ms,
  /** How often an event is delivered that nobody takes. WeChat's own text leaves open whether 3 or 4 (§6.3). */
  deliveriesPerEvent: v.pipe(count, v.minValue(1), v.maxValue(10)),
  /** Deliveries under way at the same time; with 1 each waits for the answer to the one before. */
  deliveriesAtOnce: v.pipe(count, v.minValue(1), v.maxValue(1000)),
  /** Time from what happens to its event's first delivery. */
  eventDelayMs: ms,
  /** Random addition to `eventDelayMs`, from 0 up to this. */
  eventDelayJitterMs: ms,
  /** Whether a popup that "always keep" suppresses has its event. WeChat does not say; false assumes not. */
  popupEventWhenKept: v.boolean(),
  /** Whether sent events carry `MsgID`. */
  eventMsgid: v.boolean(),
  /** Whether a send is answered only when its event was delivered. */
  sentEventFirst: v.boolean(),
  /** How JSON bodies write numbers (WeChat contract §6.4). */
  jsonScalars: v.picklist(JSON_SCALARS),
  /** How a JSON `List` of one item looks (WeChat contract §6.4). */
  jsonListOfOne: v.picklist(['object', 'array']),
};

/** All switches at once. */
const switchesSchema = v.strictObject(entries);

/** Any of the switches. */
export const switchChangesSchema = v.partial(switchesSchema);

/** How the simulated WeChat behaves; null as a limit means none. */
export type Switches = Readonly<v.InferOutput<typeof switchesSchema>>;

/** A partial change of the switches. */
export type SwitchChanges = Readonly<v.InferOutput<typeof switchChangesSchema>>;

/** WeChat's own figures where it publishes or reports them (WeChat contract §1.1, §2.1, §3.7). */
export const DEFAULT_SWITCHES: Switches = {
  msgid: true,
  concurrencyLock: true,
  accountBanned: false,
  ipWhitelist: null,
  sensitiveWords: [],
  refuseDoubtful: false,
  overRateErrcode: 999_999,
  grantsSurviveOff: false,
  tokenLifetimeSeconds: 7200,
  loginsPerUserPerMinute: 100,
  plainTokensPerDay: 2000,
  stableTokensPerDay: 500_000,
  stableTokensPerMinute: 10_000,
  sendsPerDay: 10_000_000,
  sendsPerMinute: null,
  templateListsPerDay: null,
  privateTemplates: 25,
  titleIds: 'text',
  latencyMs: 0,
  latencyJitterMs: 0,
  deliveriesPerEvent: 3,
  deliveriesAtOnce: 100,
  eventDelayMs: 0,
  eventDelayJitterMs: 0,
  popupEventWhenKept: false,
  eventMsgid: true,
  sentEventFirst: false,
  jsonScalars: 'mixed',
  jsonListOfOne: 'object',
};

/** The switches after `changes`. @throws v.ValiError naming each bad one. */
export function mergeSwitches(switches: Switches, changes: SwitchChanges): Switches {
  return v.parse(switchesSchema, { ...switches, ...changes });
}
