import * as v from 'valibot';
import type { TemplateUsers } from '../campaigns/runs/recipient-source.ts';
import type { Clock } from '../clock.ts';
import { packedMarks, setMarks, withMarks } from '../grants/deduplication-marks.ts';
import type { GrantStore, LedgerPage } from '../grants/grant-store.ts';
import { type ConditionalPut, getItem, IS_NEW, putAtomically } from './items.ts';
import {
  audienceKey,
  audiencePartition,
  EARLIER_MARKS_PREFIX,
  earlierMarksKey,
  ledgerKey,
  SHARDS,
  userPartition,
} from './keys.ts';
import { queryItems, queryPage, under } from './queries.ts';
import type { Table } from './table.ts';
import { type NewVersion, parseItem, putLedger, readLedgers, toLedger } from './versioned-items.ts';

/**
 * A phone that kept a report back for longer than this is not believed in, nor a queue that kept an event.
 */
const REMEMBERED_SECONDS = 400 * 24 * 60 * 60;

/** Grants in DynamoDB: the ledgers, what of them has been counted, and the audience of each template. */
export function createGrantStore(
  table: Table,
  { newVersion, clock }: { newVersion: NewVersion; clock: Clock },
): GrantStore {
  function putEarlierMarks(openid: string, marks: string): ConditionalPut {
    const version = newVersion();
    const expiresAt = Math.ceil(clock() / 1000) + REMEMBERED_SECONDS;
    return {
      item: { ...earlierMarksKey(table, openid, version), marks, version, expiresAt },
      condition: IS_NEW,
    };
  }

  function placesIn(openid: string, templateIds: readonly string[]): readonly ConditionalPut[] {
    return templateIds.map((templateId) => ({
      item: { ...audienceKey(table, templateId, openid), openid },
      // Always true: a user may already be there.
      condition: 'attribute_not_exists(pk) OR attribute_exists(pk)',
    }));
  }

  return {
    async loadLedger(openid) {
      return toLedger(openid, await getItem(table, ledgerKey(table, openid)));
    },

    async countedOf({ openid, counted }, marks) {
      return setMarks(counted, counted?.hasEarlier ? await earlierMarks(table, openid) : [], marks);
    },

    async announce(ledger) {
      const put = putLedger(table, ledger, newVersion);
      return (await putAtomically(table, [put])) === 'conflict' ? 'conflict' : toLedger('', put.item);
    },

    async joinAudiences(openid, templateIds) {
      const puts = placesIn(openid, templateIds).map((put) => putAtomically(table, [put]));
      // Where one fails, no other may be left on its way: a function that is frozen meanwhile would write it after
      // an erasure.
      await Promise.allSettled(puts);
      return (await Promise.all(puts)).includes('conflict') ? 'conflict' : 'committed';
    },

    commitCounted(read, marks, templateIds) {
      const { openid } = read.value;
      const { counted, outgrown } = withMarks(read.value.counted, marks);
      const ledger = { ...read, value: { ...read.value, counted } };
      const earlier = outgrown === undefined ? [] : [putEarlierMarks(openid, outgrown)];
      const places = placesIn(openid, templateIds);
      return putAtomically(table, [putLedger(table, ledger, newVersion), ...earlier, ...places]);
    },

    listByTemplate: (templateId, limit, after) => listByTemplate(table, templateId, limit, after),
  };
}

const earlierMarksItem = v.object({ marks: packedMarks });

/** The packed marks of a user that no longer have room in the ledger. */
async function earlierMarks(table: Table, openid: string): Promise<readonly string[]> {
  const items = await queryItems(table, under(userPartition(table, openid), EARLIER_MARKS_PREFIX));
  return items.map((item) => parseItem(earlierMarksItem, item).marks);
}

/**
 * The audience, shard after shard. `after` is the shard and the last openid of the page before, joined by a
 * colon.
 */
async function listByTemplate(
  table: Table,
  templateId: string,
  limit: number,
  after = '0:',
): Promise<LedgerPage> {
  const openids: string[] = [];
  const colon = after.indexOf(':');
  let shard = Number(after.slice(0, colon));
  let last = after.slice(colon + 1);
  while (openids.length < limit && shard < SHARDS.length) {
    const page = await audiencePage(table, templateId, shard, limit - openids.length, last);
    openids.push(...page.openids);
    last = page.next ?? '';
    if (page.next === undefined) shard += 1;
  }
  const ledgers = (await readLedgers(table, openids)).map(({ value }) => value);
  return { ledgers, ...(shard < SHARDS.length ? { next: `${shard}:${last}` } : {}) };
}

/**
 * One page of a shard of the audience, in the order of the openids. `after` is the last of the page before,
 * or empty.
 */
async function audiencePage(
  table: Table,
  templateId: string,
  shard: number,
  limit: number,
  after: string,
): Promise<{ readonly openids: readonly string[]; readonly next: string | undefined }> {
  const pk = audiencePartition(table, templateId, shard);
  const { items, last } = await queryPage(table, {
    ...under(pk),
    Limit: limit,
    after: after === '' ? undefined : { pk, sk: after },
  });
  return { openids: items.map(({ sk }) => String(sk)), next: last && String(last['sk']) };
}

/** The audience of each template and the ledgers of those in it, many at a time. */
export function createTemplateUsers(table: Table): TemplateUsers {
  return {
    openids: (templateId, shard, limit, after) => audiencePage(table, templateId, shard, limit, after),

    async loadLedgers(openids) {
      const ledgers = await readLedgers(table, openids);
      return new Map(ledgers.map((ledger) => [ledger.value.openid, ledger]));
    },
  };
}
