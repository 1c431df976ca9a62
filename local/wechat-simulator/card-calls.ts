import { type Answer, success } from './answers.ts';
import { asRecord, textOf, type WeChatRequest } from './calls.ts';
import { CARD_KINDS, type CardState } from './card-kinds.ts';
import type { SimulatedCard } from './cards.ts';
import { tellCardFailure } from './events/tell.ts';
import type { World } from './world.ts';

type Members = Readonly<Record<string, unknown>>;

interface Asked {
  readonly card: SimulatedCard;
  readonly notifyType: number;
  readonly body: Members;
}

/** `POST /wxa/set_user_notify` (WeChat contract §8.2). The code is locked while a change is under way. */
export function setUserNotify(
  world: World,
  request: WeChatRequest,
  pause: () => Promise<void>,
): Promise<Answer> {
  return changed(world, request, pause, ({ card, notifyType, body }) => {
    const text = textOf(body, 'content_json');
    const content = parsed(text);
    if (text === undefined || !content) return world.refuse(85435);
    const refused = checkRefusal(world, card, body) ?? contentRefusal(world, card, notifyType, content);
    if (refused) return refused;
    Object.assign(card, { notifyType, content: text, activatedAtMs: card.activatedAtMs ?? world.clock() });
    const failRet = card.codeState === 10 ? -1004 : card.failRet;
    if (failRet !== undefined) void tellCardFailure(world, card, Number(content['cur_status']), failRet);
    return success();
  });
}

/** `POST /wxa/set_user_notifyext` (WeChat contract §8.2): further facts of an active card. */
export function setUserNotifyExt(
  world: World,
  request: WeChatRequest,
  pause: () => Promise<void>,
): Promise<Answer> {
  return changed(world, request, pause, ({ card, body }) => {
    const text = textOf(body, 'ext_json');
    if (text === undefined || !parsed(text)) return world.refuse(85470);
    if (card.activatedAtMs === undefined) return world.refuse(85437);
    card.ext = text;
    return success();
  });
}

/** `POST /wxa/get_user_notify` (WeChat contract §8.2). */
export function getUserNotify(world: World, request: WeChatRequest): Answer {
  const asked = readCard(world, request);
  if ('errcode' in asked) return asked;
  const { card, notifyType } = asked;
  return success({
    notify_info: {
      notify_type: notifyType,
      content_json: card.content ?? '',
      code_state: card.codeState,
      code_expire_time: Math.floor(world.cards.endsAtMs(card) / 1000),
    },
  });
}

async function changed(
  world: World,
  request: WeChatRequest,
  pause: () => Promise<void>,
  change: (asked: Asked) => Answer,
): Promise<Answer> {
  const asked = readCard(world, request);
  if ('errcode' in asked || asked.card.isLocked) {
    await pause();
    return 'errcode' in asked ? asked : world.refuse(85449);
  }
  const { card } = asked;
  card.isLocked = true;
  try {
    await pause();
    if (world.clock() >= world.cards.endsAtMs(card)) return world.refuse(85438);
    if (card.codeState === 2) return world.refuse(85436);
    return change(asked);
  } finally {
    card.isLocked = false;
  }
}

/** Token, verb, body, user, kind and code, in this order. */
function readCard(world: World, request: WeChatRequest): Asked | Answer {
  const badToken = world.tokens.refusalOf(request.query.get('access_token'));
  if (badToken) return world.refuse(badToken);
  if (request.method !== 'POST') return world.refuse(43002);
  if (request.json.type === 'empty') return world.refuse(44002);
  const body = request.json.type === 'value' ? asRecord(request.json.value) : undefined;
  if (!body) return world.refuse(47001);
  const openid = textOf(body, 'openid') ?? '';
  if (!world.users.get(openid)) return world.refuse(40003);
  const notifyType = Number(body['notify_type']);
  const kind = CARD_KINDS.get(notifyType);
  if (!kind) return world.refuse(85434);
  const card = world.cards.find(textOf(body, 'notify_code') ?? '', openid);
  if (!card || card.source !== kind.source || (card.notifyType ?? notifyType) !== notifyType) {
    return world.refuse(85437);
  }
  return { card, notifyType, body };
}

/** A pay order is checked when it is activated. One paid a day ago is told as expired (SEEN). */
function checkRefusal(world: World, card: SimulatedCard, body: Members): Answer | undefined {
  if (card.source === 'button' || card.activatedAtMs !== undefined) return undefined;
  const check = parsed(textOf(body, 'check_json'));
  const { pay_amount: amount, pay_time: time, pay_channel: channel = 0 } = check ?? {};
  if (typeof amount !== 'number' || typeof time !== 'number') return world.refuse(85433);
  if ((channel !== 0 && channel !== 1001) || amount !== card.payAmount) return world.refuse(85433);
  return (time + 24 * 60 * 60) * 1000 <= world.clock() ? world.refuse(85438) : undefined;
}

function contentRefusal(
  world: World,
  card: SimulatedCard,
  notifyType: number,
  content: Members,
): Answer | undefined {
  const status = content['cur_status'];
  if (typeof status !== 'number' || !Number.isInteger(status)) return world.refuse(85440);
  const state = CARD_KINDS.get(notifyType)?.states.get(status);
  if (state && !mayCome(state, status, statusOf(card))) return world.refuse(85439);
  const required = state?.required ?? ['wxa_path_query'];
  if (required.some((member) => content[member] === undefined)) return world.refuse(85440);
  const text = JSON.stringify(content);
  return world.switches.sensitiveWords.some((word) => text.includes(word)) ? world.refuse(85442) : undefined;
}

/** Whether a state that does not name itself may be repeated is not known (WeChat contract §8.2b): it may. */
function mayCome(state: CardState, status: number, before: number | undefined): boolean {
  return before === undefined ? state.first : before === status || state.after.includes(before);
}

function statusOf({ content }: SimulatedCard): number | undefined {
  return content === undefined ? undefined : Number(parsed(content)?.['cur_status']);
}

function parsed(text: string | undefined): Members | undefined {
  try {
    return text === undefined ? undefined : asRecord(JSON.parse(text));
  } catch {
    return undefined;
  }
}
