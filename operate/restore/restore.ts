import { PurgeQueueCommand, PurgeQueueInProgress, type SQSClient } from '@aws-sdk/client-sqs';
import { createCampaignStore } from '../../lib/dynamodb/dynamodb-campaign-store.ts';
import { createCardStore } from '../../lib/dynamodb/dynamodb-card-store.ts';
import { createMessageStore } from '../../lib/dynamodb/dynamodb-message-store.ts';
import { createRunStore } from '../../lib/dynamodb/dynamodb-run-store.ts';
import type { Item } from '../../lib/dynamodb/items.ts';
import { CARD_PREFIX, type Key, userOf } from '../../lib/dynamodb/keys.ts';
import type { Table } from '../../lib/dynamodb/table.ts';
import { eachLimit } from '../../lib/each-limit.ts';
import { createRuntime } from '../../lib/runtime/runtime.ts';
import { beginScheduleAnew, everySchedule } from './begin-schedule-anew.ts';
import { checkTables } from './check-tables.ts';
import { type CopyCounts, copyTable } from './copy-table.ts';
import { endCard, isCardPending } from './end-card.ts';
import { endPendingOf } from './end-pending.ts';
import { type EndRunServices, endRun, runsUnderWay } from './end-runs.ts';

/** A user of one mini program. */
export interface User {
  readonly appId: string;
  readonly openid: string;
}

/** What is restored, and who is told of it. */
export interface RestoreOptions {
  readonly client: Table['client'];
  readonly sqs: SQSClient;
  /** The names of the table's copy, and of the table that is made like it. */
  readonly from: string;
  readonly into: string;
  /** The mini program that the copy must hold something of, where it is known. */
  readonly appId?: string;
  /** Of the queues that are emptied. */
  readonly queueUrls: readonly string[];
  /** Otherwise nothing is changed, and it is only told what would be. */
  readonly write: boolean;
  readonly segments: number;
  readonly step: (step: 'items' | 'users' | 'recipients', count: number) => void;
}

/** What a restore did, or would do. */
export interface RestoreSummary extends CopyCounts {
  /** Users with messages or sends that were pending in the copy. */
  readonly usersPending: number;
  readonly runsUnderWay: number;
  readonly schedules: number;
  /** Messages and sends that are unknown from now on; none where nothing was written. */
  readonly unknown: number;
  /** Service cards of which something waited or was under way; ended as unknown where it was written. */
  readonly cards: number;
  /** Users of the copy that the table did not have any more: erased since then, or lost. */
  readonly usersBack: readonly User[];
  /** A sentence for all that could not be read or ended. */
  readonly problems: readonly string[];
}

const USERS_AT_ONCE = 16;

/**
 * Makes the stack's table what its copy is, empties the queues, and ends all that is pending there: what may
 * have left since is unknown and is not sent again.
 *
 * @throws CommandError for tables that cannot be these
 */
export async function restore(options: RestoreOptions): Promise<RestoreSummary> {
  const { write, client, from, into, step } = options;
  await checkTables(options);
  if (write) await emptyQueues(options);
  const problems: string[] = [];
  const base = createRuntime({
    logger: { info() {}, warn() {}, error: (text) => void problems.push(text) },
  });
  const found = createFound();
  const tableOf = (name: string, appId = ''): Table => ({ client, name, appId });
  const copied = await copyTable({
    ...options,
    from: tableOf(from),
    into: tableOf(into),
    mark: base.newTimeOrderedUuid(),
    seen: found.note,
    counted: ({ compared }) => step('items', compared),
  });
  const sum = { runsUnderWay: 0, unknown: 0, schedules: 0, cards: 0 };
  for (const appId of found.appIds) {
    const table = tableOf(write ? into : from, appId);
    const services: EndRunServices = {
      ...base,
      newId: base.newUuid,
      store: createMessageStore(table, base),
      campaigns: createCampaignStore(table, base),
      runs: createRunStore(table, base),
    };
    // Users first: where a recipient's claim is open, it is ended with its user.
    if (write) sum.unknown += await endUsers(services, found.pendingOf(appId), { step, problems, appId });
    const cards = { ...base, cards: createCardStore(table, base) };
    for (const cardId of found.cardsOf(appId)) {
      sum.cards += write ? await orProblem(problems, `${appId} ${cardId}`, () => endCard(cards, cardId)) : 1;
    }
    for await (const run of runsUnderWay(services)) {
      sum.runsUnderWay += 1;
      if (!write) continue;
      sum.unknown += await orProblem(problems, `${appId} ${run.id}`, () => endRun(services, run));
      step('recipients', sum.unknown);
    }
    for await (const campaign of everySchedule(services)) {
      sum.schedules += 1;
      if (write) await beginScheduleAnew(services, campaign);
    }
  }
  return { ...copied, ...sum, usersPending: found.pending.length, usersBack: found.back(), problems };
}

async function endUsers(
  services: EndRunServices,
  openids: readonly string[],
  {
    step,
    problems,
    appId,
  }: Pick<RestoreOptions, 'step'> & { readonly problems: string[]; readonly appId: string },
): Promise<number> {
  let [unknown, users] = [0, 0];
  await eachLimit({
    items: openids,
    limit: USERS_AT_ONCE,
    work: async (openid) => {
      const ended = await orProblem(problems, `${appId} ${openid}`, () => endPendingOf(services, openid));
      unknown += ended;
      users += 1;
      step('users', users);
    },
  });
  return unknown;
}

/** One that cannot be ended stops no other. */
async function orProblem(problems: string[], what: string, end: () => Promise<number>): Promise<number> {
  try {
    return await end();
  } catch (error) {
    problems.push(`${what}: ${error instanceof Error ? error.message : String(error)}`);
    return 0;
  }
}

/** What the copy has that must be looked after once it is in place. */
function createFound() {
  const appIds = new Set<string>();
  const pending: User[] = [];
  const cards: { readonly appId: string; readonly cardId: string }[] = [];
  const back = new Map<string, User>();
  return {
    appIds,
    pending,
    back: () => [...back.values()],
    cardsOf: (appId: string) => cards.filter((card) => card.appId === appId).map(({ cardId }) => cardId),
    pendingOf: (appId: string) => pending.filter((user) => user.appId === appId).map(({ openid }) => openid),
    note(item: Item & Key, isThere: boolean): void {
      const [appId = ''] = item.pk.split('#');
      appIds.add(appId);
      const isCard = item.sk.startsWith(CARD_PREFIX);
      if (item.sk !== 'ledger' && !isCard) return;
      const user = userOf(item.pk);
      if (!isThere) back.set(item.pk, user);
      if (isCard && isCardPending(item)) cards.push({ appId, cardId: String(item['id']) });
      if (!isCard && (item['claim'] !== undefined || item['waiting'])) pending.push(user);
    },
  };
}

async function emptyQueues({ sqs, queueUrls }: RestoreOptions): Promise<void> {
  await Promise.all(queueUrls.map((url) => emptyQueue(sqs, url)));
}

async function emptyQueue(sqs: SQSClient, QueueUrl: string): Promise<void> {
  try {
    await sqs.send(new PurgeQueueCommand({ QueueUrl }));
  } catch (error) {
    // SQS takes the call once a minute; what an earlier restore asked for is still under way.
    if (!(error instanceof PurgeQueueInProgress)) throw error;
  }
}
