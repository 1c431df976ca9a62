import {
  type EraseCursor,
  type EraseRecipientServices,
  eraseRecipient,
} from '../campaigns/erase-recipient.ts';
import type { Clock } from '../clock.ts';
import { JOINING_MS } from '../grants/commit-counted.ts';
import { templateIdsOf } from '../grants/grant-key.ts';
import { releaseHolds } from '../grants/holds.ts';
import type { Ledger } from '../grants/ledger.ts';
import { withoutPending } from '../grants/packed-pending-messages.ts';
import { type Message, openidOf } from '../messages/message.ts';
import type { MessageStore } from '../messages/message-store.ts';
import { listPending, putPending } from '../messages/pending-messages.ts';
import { retryOnConflict } from '../retry.ts';
import { fateOfClaim, resolveOpenClaim } from '../sends/resolve-claim.ts';
import type { Versioned } from '../versioned.ts';

/** What is stored of a user beside their item: records, marks of counted events, idempotency keys. */
export interface Belongings {
  readonly records: readonly Pick<Message, 'id' | 'lastClaim' | 'updatedAtMs'>[];
  /** How many service cards there are. */
  readonly cards: number;
  /** Deletes what was listed, and the due entries that the records list, before them. */
  erase(): Promise<void>;
}

/** Deletes what is stored of a user. */
export interface UserEraser {
  listBelongings(openid: string): Promise<Belongings>;
  /** Takes the user out of the audiences of these templates. */
  leaveAudiences(openid: string, templateIds: readonly string[]): Promise<void>;
  /**
   * Deletes at most {@link ENTRIES_PER_STEP} due entries and writes what is `left` of the ledger, or deletes
   * it, in one step. `conflict`: the ledger changed after it was read.
   */
  shrinkLedger(
    read: Versioned<Ledger>,
    left: Ledger | undefined,
    entries: readonly ListedEntry[],
  ): Promise<'committed' | 'conflict'>;
}

/** A due entry, by the message that lists it. */
interface ListedEntry {
  readonly messageId: string;
  readonly dueAtMs: number;
}

/** A transaction of DynamoDB takes 100 items, one of which is the ledger. */
const ENTRIES_PER_STEP = 99;

/** What users are erased with. */
export interface EraseServices extends EraseRecipientServices {
  readonly store: Pick<MessageStore, 'loadLedger' | 'findSend'>;
  readonly eraser: UserEraser;
  readonly clock: Clock;
}

/** How an erasure ended. A user of whom nothing is stored is erased too. */
export type EraseResult =
  | {
      readonly type: 'erased';
      readonly messages: number;
      readonly templates: number;
      readonly cards: number;
      /** Places in lists and runs of campaigns. */
      readonly erasedRecipients: number;
      /** Campaigns are left: call again from here. */
      readonly next?: EraseCursor;
    }
  /**
   * A request to WeChat is under way, or a report is half written: what is to follow would be written after the
   * erasure.
   */
  | { readonly type: 'writing'; readonly untilMs: number };

/**
 * A slow sender may write a record this long after its lease, and the record would outlive the erasure. A
 * sending function ends within a minute.
 */
const SETTLING_MS = 60_000;
/** A sender may repeat the write of a record this long, because the answer to the first write was lost. */
const REPEATING_MS = 90_000;

/** How long one call works on campaigns. */
const CAMPAIGNS_FOR_MS = 18_000;

/**
 * Erases a user, or continues where an earlier call ended. The item goes first: without it no message and no
 * run can claim a grant, and a job finds nothing to send. Campaigns come last. A crash leaves the rest to the
 * next call.
 *
 * What the user grants afterwards stays: only what was listed before the item went is deleted.
 */
export async function eraseUser(
  services: EraseServices,
  openid: string,
  from?: EraseCursor,
): Promise<EraseResult> {
  const { clock } = services;
  const untilMs = clock() + CAMPAIGNS_FOR_MS;
  const own = from
    ? { type: 'erased' as const, messages: 0, templates: 0, cards: 0 }
    : await eraseOwn(services, openid);
  if (own.type === 'writing') return own;
  const { erased, next } = await eraseRecipient(services, openid, from, () => clock() < untilMs);
  return { ...own, erasedRecipients: erased, ...(next && { next }) };
}

type OwnResult =
  | { readonly type: 'erased'; readonly messages: number; readonly templates: number; readonly cards: number }
  | Extract<EraseResult, { type: 'writing' }>;

function eraseOwn(services: EraseServices, openid: string): Promise<OwnResult> {
  const { store, eraser } = services;
  const [messages, templates] = [new Set<string>(), new Set<string>()];
  return retryOnConflict(async () => {
    const read = await store.loadLedger(openid);
    const { claim, joining } = read.value;
    const fate = claim && (await fateOfClaim(read.value, claim, store, services.clock()));
    const openUntilMs = claim && fate?.type !== 'settled' ? claim.leaseUntilMs + SETTLING_MS : 0;
    // Listed after the item: a record written later belongs to an open claim, or changes the item too.
    const belongings = await eraser.listBelongings(openid);
    const joiningUntilMs = joining ? joining.sinceMs + JOINING_MS : 0;
    const busyUntilMs = Math.max(openUntilMs, joiningUntilMs, ...belongings.records.map(writtenUntilMs));
    if (busyUntilMs > services.clock()) return { type: 'writing', untilMs: busyUntilMs };
    if (claim && fate?.type === 'abandoned' && openidOf(claim.sendId) === undefined) {
      // That of a run's recipient, which keeps its counts: the request of the dead sender may have left.
      await resolveOpenClaim(services, read);
      return 'conflict';
    }
    for (const templateId of templateIdsOf(read.value)) templates.add(templateId);
    // Before the item, which alone says in which audiences the user is.
    const audiences = new Set([...templateIdsOf(read.value), ...(joining?.templateIds ?? [])]);
    await eraser.leaveAudiences(openid, [...audiences]);
    for (const { id } of [...listPending(read.value), ...belongings.records]) messages.add(id);
    if ((await eraseLedger(services, read)) !== 'gone') return 'conflict';
    await belongings.erase();
    const { cards } = belongings;
    return { type: 'erased', messages: messages.size, templates: templates.size, cards };
  }, services);
}

/** Until when the sender of a record may write it again. */
function writtenUntilMs({ lastClaim, updatedAtMs }: Belongings['records'][number]): number {
  return lastClaim ? updatedAtMs + REPEATING_MS : 0;
}

/** `more`: something is left, of which the item has to be read again. */
async function eraseLedger(
  { store, eraser }: EraseServices,
  read: Versioned<Ledger>,
): Promise<'gone' | 'more'> {
  if (read.version === undefined) {
    // Marks are written together with an item, so of those that were listed none is that of a new one.
    return (await store.loadLedger(read.value.openid)).version === undefined ? 'gone' : 'more';
  }
  const entries = listPending(read.value).flatMap(({ id, dueEntries = [] }) =>
    dueEntries.map((dueAtMs) => ({ messageId: id, dueAtMs })),
  );
  if (entries.length <= ENTRIES_PER_STEP) {
    return (await eraser.shrinkLedger(read, undefined, entries)) === 'conflict' ? 'more' : 'gone';
  }
  const step = entries.slice(0, ENTRIES_PER_STEP);
  await eraser.shrinkLedger(read, withoutEntries(read.value, step), step);
  return 'more';
}

/** The ledger without these due entries and the messages that have none left: grants are given back. */
function withoutEntries(ledger: Ledger, entries: readonly ListedEntry[]): Ledger {
  return listPending(ledger).reduce((before, message) => {
    const gone = entries.filter(({ messageId }) => messageId === message.id).map(({ dueAtMs }) => dueAtMs);
    const left = message.dueEntries?.filter((dueAtMs) => !gone.includes(dueAtMs)) ?? [];
    if (gone.length === 0) return before;
    if (left.length > 0) return putPending(before, { ...message, dueEntries: left });
    return withoutPending(releaseHolds(before, [message]), [message.id]);
  }, ledger);
}
