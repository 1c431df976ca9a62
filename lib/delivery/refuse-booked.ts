import { untilUncontended } from '../contention.ts';
import { grantsOf } from '../grants/ledger.ts';
import { isPending, type Message } from '../messages/message.ts';
import { endWithoutRequest, type SettleServices } from './settle.ts';

const PAGE_SIZE = 100;

/**
 * Ends the booked messages of a user whose grants for a template were zeroed: their hold is void, so they are refused now
 * rather than when they come due. Messages that it misses, because a crash cut it short, are refused when they are due.
 */
export async function refuseBooked(
  services: SettleServices,
  openid: string,
  templateId: string,
  nowMs: number,
): Promise<readonly Message[]> {
  const refused: Message[] = [];
  let after: string | undefined;
  do {
    const page = await services.store.listOfUser(openid, PAGE_SIZE, after);
    const booked = page.items.filter(
      ({ value }) => isPending(value) && value.templateId === templateId && value.hold,
    );
    for (const { value } of booked) {
      const message = await refuseIfVoid(services, value.id, nowMs);
      if (message) refused.push(message);
    }
    after = page.next;
  } while (after !== undefined);
  return refused;
}

function refuseIfVoid(
  { store, ...contention }: SettleServices,
  messageId: string,
  nowMs: number,
): Promise<Message | undefined> {
  return untilUncontended(async () => {
    const { message, ledger } = await store.load(messageId);
    if (!message || !isPending(message.value)) return;
    const grants = grantsOf(ledger.value, message.value.templateId);
    if (ledger.value.claim?.messageId === messageId) return;
    if (!message.value.hold || message.value.hold.epoch === grants?.epoch) return;
    return endWithoutRequest(store, message, ledger, {
      state: 'refused',
      reason: 'grant-revoked',
      atMs: nowMs,
    });
  }, contention);
}
