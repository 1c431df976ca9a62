import * as v from 'valibot';
import type { SubscribeEvent } from '../../events/subscribe-event.ts';
import type { Fields } from './read-fields.ts';

/** What WeChat pushed. */
export type PushedMessage =
  | { readonly type: 'subscribe'; readonly event: SubscribeEvent }
  /** Everything else. `problems` are the fields of a subscribe event that is not as WeChat documents it. */
  | {
      readonly type: 'other';
      /** Event name or, for what is no event, message type. */
      readonly name: string;
      readonly fields: Fields;
      readonly problems?: readonly string[];
    };

/** Any number may come as text and any text as a number (WeChat contract §6.4). */
const text = v.union([v.string(), v.pipe(v.number(), v.transform(String))]);
const whole = v.pipe(text, v.regex(/^-?\d{1,15}$/), v.transform(Number));
const id = v.pipe(text, v.regex(/^[\w-]{1,128}$/));
const status = v.pipe(text, v.regex(/^\w{1,64}$/));
/** Above 2^53, so never a number; 0 and empty stand for none. */
const msgid = v.pipe(
  text,
  v.regex(/^\d{0,32}$/),
  v.transform((digits) => (/^0*$/.test(digits) ? undefined : digits)),
);

/** WeChat asks for five templates at most in one panel; what holds far more is not from there. */
const MOST_ITEMS = 20;

/** An object for one item and an array for several, in JSON; in XML one element per item (WeChat contract §6.4). */
const listOf = <T>(item: v.GenericSchema<unknown, T>) =>
  v.pipe(
    v.unknown(),
    v.transform((list) => (Array.isArray(list) ? list : [list])),
    v.array(item),
    v.maxLength(MOST_ITEMS),
  );

const common = { FromUserName: id, CreateTime: v.pipe(whole, v.minValue(0)) };

const popup = v.pipe(
  v.object({
    ...common,
    List: listOf(
      v.pipe(
        v.object({ TemplateId: id, SubscribeStatusString: status, PopupScene: v.optional(whole) }),
        v.transform(({ TemplateId, SubscribeStatusString, PopupScene }) => ({
          templateId: TemplateId,
          status: SubscribeStatusString,
          ...(PopupScene !== undefined && { scene: PopupScene }),
        })),
      ),
    ),
  }),
  v.transform(({ List, ...rest }) => ({ type: 'popup' as const, ...whoAndWhen(rest), items: List })),
);

const change = v.pipe(
  v.object({
    ...common,
    List: listOf(
      v.pipe(
        v.object({ TemplateId: id, SubscribeStatusString: status }),
        v.transform((item) => ({ templateId: item.TemplateId, status: item.SubscribeStatusString })),
      ),
    ),
  }),
  v.transform(({ List, ...rest }) => ({ type: 'change' as const, ...whoAndWhen(rest), items: List })),
);

const sent = v.pipe(
  v.object({
    ...common,
    List: listOf(
      v.pipe(
        v.object({
          TemplateId: id,
          MsgID: v.optional(msgid),
          ErrorCode: whole,
          ErrorStatus: v.optional(text, ''),
        }),
        v.transform(({ TemplateId, MsgID, ErrorCode, ErrorStatus }) => ({
          templateId: TemplateId,
          ...(MsgID !== undefined && { msgid: MsgID }),
          errcode: ErrorCode,
          errorStatus: ErrorStatus,
        })),
      ),
    ),
  }),
  v.transform(({ List, ...rest }) => ({ type: 'sent' as const, ...whoAndWhen(rest), items: List })),
);

function whoAndWhen({ FromUserName, CreateTime }: { FromUserName: string; CreateTime: number }) {
  return { openid: FromUserName, createdAtMs: CreateTime * 1000 };
}

/** The three events about subscribe messages, each with the element that holds its list in XML (WeChat contract §6.4). */
const EVENTS: Readonly<
  Record<string, { wrapper: string; schema: v.GenericSchema<unknown, SubscribeEvent> }>
> = {
  subscribe_msg_popup_event: { wrapper: 'SubscribeMsgPopupEvent', schema: popup },
  subscribe_msg_change_event: { wrapper: 'SubscribeMsgChangeEvent', schema: change },
  subscribe_msg_sent_event: { wrapper: 'SubscribeMsgSentEvent', schema: sent },
};

const envelope = v.object({ MsgType: text, Event: v.optional(text) });
const wrapped = v.object({ List: v.unknown() });

/** Reads what the fields say; undefined when they do not even name a type of message. */
export function readMessage(fields: Fields): PushedMessage | undefined {
  const parsed = v.safeParse(envelope, fields);
  if (!parsed.success) return undefined;
  const { MsgType, Event } = parsed.output;
  const name = MsgType === 'event' && Event ? Event : MsgType;
  const known = MsgType === 'event' && Object.hasOwn(EVENTS, name) ? EVENTS[name] : undefined;
  if (!known) return { type: 'other', name, fields };
  const wrapper = fields[known.wrapper];
  const result = v.safeParse(
    known.schema,
    v.is(wrapped, wrapper) ? { ...fields, List: wrapper.List } : fields,
  );
  if (result.success) return { type: 'subscribe', event: result.output };
  const problems = result.issues.map((issue) => v.getDotPath(issue) ?? '');
  return { type: 'other', name, fields, problems: [...new Set(problems)] };
}
