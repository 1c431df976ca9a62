import * as v from 'valibot';
import { cardReceipt } from '../cards/card-receipt.ts';
import { receiptItem } from '../sends/delivery-receipt.ts';

const common = { openid: v.string(), createdAtMs: v.number() };
const answer = { templateId: v.string(), status: v.string() };

/** The user answered the subscribe panel (WeChat contract §6.4, `subscribe_msg_popup_event`). */
const popupEvent = v.strictObject({
  type: v.literal('popup'),
  ...common,
  items: v.pipe(v.array(v.strictObject({ ...answer, scene: v.exactOptional(v.number()) })), v.readonly()),
});

/** The user turned templates off or on (WeChat contract §6.4, `subscribe_msg_change_event`). */
const changeEvent = v.strictObject({
  type: v.literal('change'),
  ...common,
  items: v.pipe(v.array(v.strictObject(answer)), v.readonly()),
});

/** The final result of sends that WeChat had accepted (WeChat contract §6.4, `subscribe_msg_sent_event`). */
const sentEvent = v.strictObject({
  type: v.literal('sent'),
  ...common,
  items: v.pipe(v.array(receiptItem), v.readonly()),
});

const subscribeEvent = v.variant('type', [popupEvent, changeEvent, sentEvent]);

/** A push of WeChat's that is not about subscribe messages, for the owner's own code. */
const otherPush = v.strictObject({
  type: v.literal('other'),
  /** The name of the event or, for a message, its type. */
  name: v.string(),
  /** Its fields as WeChat named and wrote them. */
  fields: v.record(v.string(), v.unknown()),
});

/** What WeChat pushed, as it waits on the queue to be applied. */
export const eventJob = v.variant('type', [
  v.strictObject({ type: v.literal('card'), receipt: cardReceipt }),
  v.strictObject({ type: v.literal('subscribe'), event: subscribeEvent }),
  otherPush,
]);

/** The user answered the subscribe panel. The moment is that of the tap, to the second. */
export type PopupEvent = Readonly<v.InferOutput<typeof popupEvent>>;

/** The user turned templates off or on. */
export type ChangeEvent = Readonly<v.InferOutput<typeof changeEvent>>;

/** The final result of sends that WeChat had accepted. */
export type SentEvent = Readonly<v.InferOutput<typeof sentEvent>>;

/** What WeChat pushes about subscribe messages. It may come twice, late and in any order. */
export type SubscribeEvent = PopupEvent | ChangeEvent | SentEvent;

/** A push of WeChat's that is not about subscribe messages. */
export type OtherPush = Readonly<v.InferOutput<typeof otherPush>>;

/** See {@link eventJob}. */
export type EventJob = Readonly<v.InferOutput<typeof eventJob>>;

/** Puts a job onto the queue, to come up after `delayMs` (0 by default). */
export type EnqueueEvent = (job: EventJob, delayMs?: number) => Promise<void>;
