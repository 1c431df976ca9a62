import * as v from 'valibot';
import type { World } from '../world.ts';
import {
  type Callback,
  type CallbackChanges,
  callbackSchema,
  type ListedCallback,
  listedCallback,
} from './callback.ts';
import type { PushAccount, Verification } from './courier.ts';
import type { Delivery, DeliveryFilter, DeliveryReport } from './delivery-log.ts';
import type { Forgery } from './forgery.ts';
import type { PendingPushFault, PushFault } from './push-faults.ts';
import type { PushMessage } from './push-message.ts';

/** A message for {@link PushControls.pushOnce}: an event unless `msgType` says otherwise, of this second by default. */
export interface PushInput extends Pick<PushMessage, 'openid' | 'event' | 'fields' | 'items'> {
  readonly msgType?: string;
  readonly createTime?: number;
  readonly forgery?: Forgery;
}

/** What a test or a person can do about the messages that WeChat pushes. */
export interface PushControls {
  /** Sets or changes the callback; what is left out stays as it was. @throws v.ValiError naming each bad field */
  setCallback(changes: CallbackChanges): ListedCallback;
  /** Without token and key; undefined while nothing is pushed. */
  callback(): ListedCallback | undefined;
  removeCallback(): void;
  /** WeChat's check of the URL, as when the admin saves it. Rejects with a ControlError without a callback. */
  verifyCallback(): Promise<Verification>;
  /** Delivers one message, once, with what is wrong with it. Rejects with a ControlError without a callback. */
  pushOnce(message: PushInput): Promise<Delivery>;
  addPushFault(fault: PushFault): void;
  pushFaults(): readonly PendingPushFault[];
  /** Forgets the faults, and lets go what one of them keeps back. */
  clearPushFaults(): void;
  /** The deliveries, oldest first, and counts of all. */
  deliveries(filter?: DeliveryFilter): DeliveryReport;
  /** Whether a delivery is under way, waits to be repeated or begins within `dueWithinMs` (0). */
  isPushing(dueWithinMs?: number): boolean;
  /** Resolves when none is. What a fault keeps back is not waited for. */
  pushed(dueWithinMs?: number): Promise<void>;
}

/** Controls over whichever world is the present one. */
export function createPushControls(world: () => World, account: PushAccount): PushControls {
  const listed = () => account.callback && listedCallback(account.callback);
  return {
    setCallback: (changes) => {
      const callback: Callback = v.parse(callbackSchema, { ...account.callback, ...changes });
      account.callback = callback;
      return listedCallback(callback);
    },
    callback: listed,
    removeCallback: () => {
      account.callback = undefined;
    },
    verifyCallback: () => world().pusher.courier.verify(),
    pushOnce: async ({ openid, createTime, forgery = {}, msgType = 'event', ...made }) => {
      const { pusher } = world();
      const now = pusher.stamp(openid, { msgType, ...made });
      const message = createTime === undefined ? now : { ...now, createTime };
      return pusher.underWay.during(0, () => pusher.courier.deliverOnce(message, forgery));
    },
    addPushFault: (fault) => world().pusher.faults.add(fault),
    pushFaults: () => world().pusher.faults.list(),
    clearPushFaults: () => {
      world().pusher.faults.clear();
      world().pusher.release();
    },
    deliveries: (filter = {}) => world().pusher.courier.log.report(filter, world().pusher.heldCount),
    isPushing: (dueWithinMs) => world().pusher.underWay.isBusy(dueWithinMs),
    pushed: (dueWithinMs) => world().pusher.underWay.settled(dueWithinMs),
  };
}
