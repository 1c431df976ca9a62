import type { PushMessage } from './push-message.ts';

/** How JSON bodies write numbers: all quoted, none, or only `CreateTime` bare as in the captures (WeChat contract §6.4). */
export const JSON_SCALARS = ['mixed', 'text', 'number'] as const;

/** What differs between the JSON bodies that were seen. */
export interface JsonHabits {
  readonly jsonScalars: (typeof JSON_SCALARS)[number];
  /** How a `List` of one item looks; several are always an array. */
  readonly jsonListOfOne: 'object' | 'array';
}

/** Fields that are numbers: bare in XML, and in JSON as the habits say. */
const NUMBERS: ReadonlySet<string> = new Set([
  'CreateTime',
  'PopupScene',
  'MsgID',
  'MsgId',
  'ErrorCode',
  'notify_type',
  'card_status',
  'fail_ret',
]);

/** The numbers that WeChat's samples show bare in JSON (WeChat contract §6.4, §8.2). */
const BARE: ReadonlySet<string> = new Set(['CreateTime', 'notify_type', 'card_status', 'fail_ret']);

type Entry = readonly [name: string, value: string];

/** The message as XML: the wrapper holds one `List` per item (WeChat contract §6.4). */
export function renderXml(message: PushMessage, toUserName: string, encrypt?: string): string {
  const { event = '', items } = message;
  const wrapper = wrapperOf(event);
  const lists = (items ?? []).map((item) => `<List>${xmlOf(Object.entries(item))}</List>`).join('');
  const list = items === undefined ? '' : `<${wrapper}>${lists}</${wrapper}>`;
  return `<xml>${xmlOf(entriesOf(message, toUserName))}${list}${xmlOf(encryptEntry(encrypt))}</xml>`;
}

/** The message as JSON: no wrapper, and `List` at the top (WeChat contract §6.4). */
export function renderJson(
  message: PushMessage,
  toUserName: string,
  habits: JsonHabits,
  encrypt?: string,
): string {
  const object = (entries: readonly Entry[]) => `{${jsonOf(entries, habits).join(',')}}`;
  const items = (message.items ?? []).map((item) => object(Object.entries(item)));
  const isSingle = items.length === 1 && habits.jsonListOfOne === 'object';
  const list = message.items === undefined ? [] : [`"List":${isSingle ? items[0] : `[${items.join(',')}]`}`];
  const members = [
    ...jsonOf(entriesOf(message, toUserName), habits),
    ...list,
    ...jsonOf(encryptEntry(encrypt), habits),
  ];
  return `{${members.join(',')}}`;
}

/** What safe mode shows in the open: whom the message is for, and the ciphertext. */
export function renderSealed(format: 'xml' | 'json', toUserName: string, encrypt: string): string {
  if (format === 'json') return JSON.stringify({ ToUserName: toUserName, Encrypt: encrypt });
  return `<xml>${xmlOf([['ToUserName', toUserName], ...encryptEntry(encrypt)])}</xml>`;
}

function entriesOf(message: PushMessage, toUserName: string): readonly Entry[] {
  return [
    ['ToUserName', toUserName],
    ['FromUserName', message.openid],
    ['CreateTime', String(message.createTime)],
    ['MsgType', message.msgType],
    ...(message.event === undefined ? [] : [['Event', message.event] as const]),
    ...Object.entries(message.fields ?? {}),
  ];
}

function encryptEntry(encrypt: string | undefined): readonly Entry[] {
  return encrypt === undefined ? [] : [['Encrypt', encrypt]];
}

/** `subscribe_msg_sent_event` is wrapped in `SubscribeMsgSentEvent`. */
function wrapperOf(event: string): string {
  return event
    .split('_')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}

function xmlOf(entries: readonly Entry[]): string {
  return entries.map(([name, value]) => `<${name}>${xmlValue(name, value)}</${name}>`).join('');
}

function xmlValue(name: string, value: string): string {
  if (NUMBERS.has(name)) return value;
  // A CDATA section cannot hold its own end: it is cut in two there.
  return `<![CDATA[${value.replaceAll(']]>', ']]]]><![CDATA[>')}]]>`;
}

function jsonOf(entries: readonly Entry[], { jsonScalars }: JsonHabits): string[] {
  const isBare = (name: string) =>
    NUMBERS.has(name) && (jsonScalars === 'number' || (jsonScalars === 'mixed' && BARE.has(name)));
  // A MsgID is above 2^53: only as text does it keep its digits.
  return entries.map(([name, value]) => `"${name}":${isBare(name) ? value : JSON.stringify(value)}`);
}
