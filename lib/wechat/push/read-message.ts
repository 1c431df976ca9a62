import * as v from 'valibot';
import type { CardReceipt } from '../../cards/card-receipt.ts';
import type { ChangeEvent, PopupEvent, SentEvent, SubscribeEvent } from '../../wechat-events/event-job.ts';
import { CARD_EVENT, readCardEvent } from './read-card-event.ts';
import { type Fields, id, ifReadable, text, whole } from './read-fields.ts';

/**
 * What WeChat pushed. `problems` are the members that are not as WeChat documents them, and whose items are
 * left out.
 */
export type PushedMessage =
  | { readonly type: 'subscribe'; readonly event: SubscribeEvent; readonly problems?: readonly string[] }
  /** A notification of a service card failed. */
  | { readonly type: 'card'; readonly receipt: CardReceipt; readonly name: string; readonly fields: Fields }
  /** Everything else, a subscribe event of which nothing can be used among it. */
  | {
      readonly type: 'other';
      /** Event name or, for what is no event, message type. */
      readonly name: string;
      readonly fields: Fields;
      readonly problems?: readonly string[];
    };

const status = v.pipe(text, v.regex(/^\w{1,64}$/));
/** Above 2^53, so never a number; 0 and empty stand for none. */
const msgid = v.pipe(text, v.regex(/^0*[1-9]\d{0,31}$/));

const anyObject = v.record(v.string(), v.unknown());

/** WeChat asks for five templates at most in one panel; what holds far more is not from there. */
const MAX_ITEMS = 20;

const popupItem = v.pipe(
  v.object({ TemplateId: id, SubscribeStatusString: status, PopupScene: ifReadable(whole) }),
  v.transform(({ TemplateId, SubscribeStatusString, PopupScene }) => ({
    templateId: TemplateId,
    status: SubscribeStatusString,
    ...(PopupScene !== undefined && { scene: PopupScene }),
  })),
);

const changeItem = v.pipe(
  v.object({ TemplateId: id, SubscribeStatusString: status }),
  v.transform((item) => ({ templateId: item.TemplateId, status: item.SubscribeStatusString })),
);

const sentItem = v.pipe(
  v.object({
    TemplateId: id,
    MsgID: ifReadable(msgid),
    ErrorCode: v.nullish(v.unknown(), ''),
    ErrorStatus: v.fallback(v.optional(text, ''), ''),
  }),
  // Either says success; without a code nothing else says how the send ended.
  v.transform((item) => (isEmpty(item.ErrorCode) && isSuccess(item) ? { ...item, ErrorCode: 0 } : item)),
  v.object({
    TemplateId: v.string(),
    MsgID: v.optional(v.string()),
    ErrorCode: whole,
    ErrorStatus: v.string(),
  }),
  v.transform(({ TemplateId, MsgID, ErrorCode, ErrorStatus }) => ({
    templateId: TemplateId,
    ...(MsgID !== undefined && { msgid: MsgID }),
    errcode: ErrorCode,
    errorStatus: ErrorStatus,
  })),
);

function isEmpty(value: unknown): boolean {
  return typeof value === 'string' && value.trim() === '';
}

function isSuccess({ ErrorStatus }: { readonly ErrorStatus: string }): boolean {
  return ErrorStatus.toLowerCase() === 'success';
}

const common = v.pipe(
  v.object({ FromUserName: id, CreateTime: v.pipe(whole, v.minValue(0)) }),
  v.transform(({ FromUserName, CreateTime }) => ({ openid: FromUserName, createdAtMs: CreateTime * 1000 })),
);

type WhoAndWhen = v.InferOutput<typeof common>;

/**
 * One of the three events about subscribe messages, and the element that holds its list in XML (WeChat
 * contract §6.4).
 */
interface EventForm<Item> {
  readonly wrapper: string;
  readonly item: v.GenericSchema<unknown, Item>;
  readonly event: (whoAndWhen: WhoAndWhen, items: readonly Item[]) => SubscribeEvent;
}

type Reading = (fields: Fields) => { readonly event?: SubscribeEvent; readonly problems: readonly string[] };

const EVENTS: Readonly<Record<string, Reading>> = {
  subscribe_msg_popup_event: readingOf<PopupEvent['items'][number]>({
    wrapper: 'SubscribeMsgPopupEvent',
    item: popupItem,
    event: (whoAndWhen, items) => ({ type: 'popup', ...whoAndWhen, items }),
  }),
  subscribe_msg_change_event: readingOf<ChangeEvent['items'][number]>({
    wrapper: 'SubscribeMsgChangeEvent',
    item: changeItem,
    event: (whoAndWhen, items) => ({ type: 'change', ...whoAndWhen, items }),
  }),
  subscribe_msg_sent_event: readingOf<SentEvent['items'][number]>({
    wrapper: 'SubscribeMsgSentEvent',
    item: sentItem,
    event: (whoAndWhen, items) => ({ type: 'sent', ...whoAndWhen, items }),
  }),
};

/** Reads each item by itself, so that an odd one loses none beside it. */
function readingOf<Item>({ wrapper, item, event }: EventForm<Item>): Reading {
  return (fields) => {
    const whoAndWhen = v.safeParse(common, fields);
    if (!whoAndWhen.success) return { problems: pathsOf(whoAndWhen.issues) };
    const listed = listedItems(fields, wrapper);
    if (listed.length === 0 || listed.length > MAX_ITEMS) return { problems: ['List'] };
    const results = listed.map((each) => v.safeParse(item, each));
    const items = results.flatMap((result) => (result.success ? [result.output] : []));
    const problems = results.flatMap((result, index) =>
      result.success ? [] : pathsOf(result.issues, `List.${index}`),
    );
    return { ...(items.length > 0 && { event: event(whoAndWhen.output, items) }), problems };
  };
}

/**
 * The items of an event, wherever it holds them: under `List`, within the event's wrapper or without one, or
 * right under the wrapper; several in an array, one by itself (WeChat contract §6.2b, §6.4). What is no
 * object is left for the caller to find fault with.
 */
function listedItems(fields: Fields, wrapper: string): readonly unknown[] {
  return [...asArray(fields[wrapper]).flatMap(withinList), ...asArray(fields['List'])];
}

function withinList(item: unknown): readonly unknown[] {
  return v.is(anyObject, item) && 'List' in item ? asArray(item['List']) : [item];
}

/** In XML an element without content is an empty text. */
function asArray(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  return value === undefined || value === null || value === '' ? [] : [value];
}

function pathsOf(issues: readonly v.BaseIssue<unknown>[], under?: string): readonly string[] {
  const paths = issues.map((issue) => [under, v.getDotPath(issue)].filter(Boolean).join('.'));
  return [...new Set(paths)];
}

const envelope = v.object({ MsgType: text, Event: v.optional(text) });

/** Reads what the fields say; undefined when they do not even name a type of message. */
export function readMessage(fields: Fields): PushedMessage | undefined {
  const parsed = v.safeParse(envelope, fields);
  if (!parsed.success) return undefined;
  const { MsgType, Event } = parsed.output;
  const name = MsgType === 'event' && Event ? Event : MsgType;
  if (name === CARD_EVENT) return readCard(name, fields);
  const read = MsgType === 'event' && Object.hasOwn(EVENTS, name) ? EVENTS[name] : undefined;
  if (!read) return { type: 'other', name, fields };
  const { event, problems } = read(fields);
  if (!event) return { type: 'other', name, fields, problems };
  return { type: 'subscribe', event, ...(problems.length > 0 && { problems }) };
}

function readCard(name: string, fields: Fields): PushedMessage {
  const receipt = readCardEvent(fields);
  return receipt
    ? { type: 'card', receipt, name, fields }
    : { type: 'other', name, fields, problems: [name] };
}
