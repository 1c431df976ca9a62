import type { SimulatedCard } from '../cards.ts';
import type { World } from '../world.ts';
import { cardFailureMessage, changeMessage, popupMessage, sentMessage } from './push-message.ts';

/**
 * Pushes what the user chose in a popup. What "always keep" answered without asking is left out (WeChat contract §6.4),
 * and so is what the popup never showed.
 */
export function tellPopup(
  world: World,
  openid: string,
  answers: readonly (readonly [templateId: string, status: string])[],
  keptBefore: ReadonlySet<string>,
): void {
  const choices = answers
    .filter(([, status]) => status !== 'ban' && status !== 'filter')
    .filter(([id]) => world.switches.popupEventWhenKept || !keptBefore.has(id))
    .map(([templateId, status]) => ({ templateId, status }));
  if (choices.length > 0) void world.pusher.push(world.pusher.stamp(openid, popupMessage(choices)));
}

/** Pushes that the user turned templates off. */
export function tellChange(world: World, openid: string, templateIds: readonly string[]): void {
  if (templateIds.length > 0) void world.pusher.push(world.pusher.stamp(openid, changeMessage(templateIds)));
}

/** Pushes how an accepted send ended; resolves as {@link Pusher.push} does. */
export function tellSent(world: World, openid: string, templateId: string, msgid: string): Promise<void> {
  const { pusher, switches } = world;
  const result = { templateId, ...(switches.eventMsgid && { msgid }) };
  const success = pusher.stamp(openid, sentMessage({ ...result, errorCode: 0, errorStatus: 'success' }));
  const failure = pusher.faults.take('fail-send', success);
  if (!failure) return pusher.push(success);
  const { errorCode, errorStatus = 'system error' } = failure;
  return pusher.push({ ...success, ...sentMessage({ ...result, errorCode, errorStatus }) });
}

/** Pushes that the notification of a card's state failed; resolves as {@link Pusher.push} does. */
export function tellCardFailure(
  { pusher }: World,
  card: SimulatedCard,
  status: number,
  failRet: number,
): Promise<void> {
  return pusher.push(pusher.stamp(card.openid, cardFailureMessage(card, status, failRet)));
}
