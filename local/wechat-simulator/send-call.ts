import { type Answer, success } from './answers.ts';
import { type BadField, badFields } from './bad-fields.ts';
import { asRecord, given, textOf, type WeChatRequest } from './calls.ts';
import type { Device } from './devices.ts';
import { tellSent } from './events/tell.ts';
import { fieldRefusal } from './field-check.ts';
import type { Template } from './templates.ts';
import type { User } from './users.ts';
import type { World } from './world.ts';

const STATES: readonly unknown[] = ['developer', 'trial', 'formal'];
const LANGUAGES: readonly unknown[] = ['zh_CN', 'en_US', 'zh_HK', 'zh_TW'];

interface Send {
  readonly user: User;
  readonly template: Template;
  /** Of a send to a device's subscribers. */
  readonly device?: Device;
  readonly data: unknown;
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * `POST /cgi-bin/message/subscribe/send` in WeChat's order of checks (WeChat contract §3.6). The openid is locked while
 * the send is under way, which is what `pause` takes.
 */
export async function send(
  world: World,
  request: WeChatRequest,
  pause: () => Promise<void>,
): Promise<Answer> {
  return perform(world, readSend(world, request, 'send'), pause);
}

/**
 * `POST /cgi-bin/message/device/subscribe/send` (WeChat contract §8.1b), checked in the same order. Of several openids it
 * takes the first: no page says what becomes of a refusal to one of them.
 */
export async function sendToDevice(
  world: World,
  request: WeChatRequest,
  pause: () => Promise<void>,
): Promise<Answer> {
  return perform(world, readSend(world, request, 'device-send'), pause);
}

async function perform(world: World, asked: Send | Answer, pause: () => Promise<void>): Promise<Answer> {
  if ('errcode' in asked) {
    await pause();
    return asked;
  }
  const { openid } = asked.user;
  if (world.switches.concurrencyLock && world.sendsUnderWay.has(openid)) {
    await pause();
    return world.refuse(43108);
  }
  const decided = await whileLocked(world, openid, async () => {
    await pause();
    return decide(world, asked);
  });
  if (world.switches.sentEventFirst) await decided.told;
  return decided.answer;
}

async function whileLocked<T>(world: World, openid: string, work: () => Promise<T>): Promise<T> {
  world.sendsUnderWay.add(openid);
  try {
    return await work();
  } finally {
    world.sendsUnderWay.delete(openid);
  }
}

/** All that is checked before the lock: token, verb, quota, body, whom to, template_id, device, ban. */
function readSend(world: World, request: WeChatRequest, call: 'send' | 'device-send'): Send | Answer {
  const badToken = world.tokens.refusalOf(request.query.get('access_token'));
  if (badToken) return world.refuse(badToken);
  if (request.method !== 'POST') return world.refuse(43002);
  const limited = world.quotas.take(call, world.switches);
  if (limited) return world.refuse(limited);
  if (request.json.type === 'empty') return world.refuse(44002);
  const body = request.json.type === 'value' ? asRecord(request.json.value) : undefined;
  if (!body) return world.refuse(47001);
  const to = call === 'send' ? body['touser'] : firstOf(body['to_openid_list']);
  if (call === 'device-send' && to === undefined) return world.refuse(40032);
  const user = world.users.get(typeof to === 'string' ? to : '');
  if (!user) return world.refuse(40003);
  const template = world.templates.get(textOf(body, 'template_id') ?? '');
  if (!template || (template.kind === 'device') !== (call === 'device-send')) return world.refuse(40037);
  const device = call === 'device-send' ? deviceIn(body) : undefined;
  if (call === 'device-send' && !device) return world.refuse(47001);
  if (hasBadOption(body)) return world.refuse(40097);
  if (world.switches.accountBanned || template.banned) return world.refuse(43107);
  return { user, template, ...(device && { device }), data: body['data'] };
}

function firstOf(list: unknown): unknown {
  return Array.isArray(list) ? list[0] : undefined;
}

function deviceIn(body: Fields): Device | undefined {
  const [sn, modelId] = [textOf(body, 'sn'), textOf(body, 'modelId')];
  return sn === undefined || modelId === undefined ? undefined : { sn, modelId };
}

function hasBadOption(body: Fields): boolean {
  const state = given(body, 'miniprogram_state') ?? 'formal';
  const lang = given(body, 'lang') ?? 'zh_CN';
  const page = given(body, 'page') ?? '';
  return !STATES.includes(state) || !LANGUAGES.includes(lang) || typeof page !== 'string';
}

/** The answer, and for an accepted send when its event has been told. */
function decide(world: World, send: Send): { answer: Answer; told?: Promise<void> } {
  const refusal = refusalOf(world, send);
  if (refusal) return { answer: refusal };
  const { openid } = send.user;
  const msgid = world.nextMsgid();
  world.ledger.spend(openid, send.template, send.device);
  world.rates.count({ ...send, openid });
  return {
    answer: accepted(world, msgid),
    told: tellSent(world, openid, send.template.templateId, msgid),
  };
}

function refusalOf(world: World, send: Send): Answer | undefined {
  const { user, template, data } = send;
  const unsubscribed = subscriptionRefusal(world, send);
  if (unsubscribed) return unsubscribed;
  const badField = fieldRefusal(template, data, world.switches);
  if (badField) {
    const surely = fieldRefusal(template, data, { refuseDoubtful: false });
    const told: BadField = { templateId: template.templateId, errmsg: badField };
    if (surely) badFields.publish(told);
    return world.refuse(47003, badField);
  }
  if (world.rates.isUsedUp({ ...send, openid: user.openid })) {
    return world.refuse(world.switches.overRateErrcode, OVER_RATE);
  }
  return hasSensitiveWord(world, data) ? world.refuse(45168) : undefined;
}

/** WeChat's own errcode and text are not known (WeChat contract §11). */
const OVER_RATE = 'simulated: this value has had its messages of this period';

function subscriptionRefusal(world: World, { user, template, device }: Send): Answer | undefined {
  const { templateId } = template;
  const isOff = !user.mainSwitch || user.kept.get(templateId) === 'reject';
  if (isOff) return world.refuse(43101);
  if (world.ledger.isUsable(user.openid, templateId, device)) return undefined;
  // Subscribed, but with another serial number or model (WeChat contract §8.1b).
  const others = world.ledger.list({ openid: user.openid, templateId });
  return world.refuse(device && others.some(({ subscribed }) => subscribed) ? 9800006 : 43101);
}

function hasSensitiveWord(world: World, data: unknown): boolean {
  const values = Object.values(asRecord(data) ?? {}).map((entry) => textOf(asRecord(entry), 'value') ?? '');
  return values.some((value) => world.switches.sensitiveWords.some((word) => value.includes(word)));
}

/** The msgid is an unquoted integer above 2^53, which `JSON.stringify` could not write (WeChat contract §0.1). */
function accepted(world: World, msgid: string): Answer {
  if (!world.switches.msgid) return success();
  return { errcode: 0, text: `{"errcode":0,"errmsg":"ok","msgid":${msgid}}`, msgid };
}
