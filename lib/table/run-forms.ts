import * as v from 'valibot';
import type { RunPage } from '../campaigns/runs/page.ts';
import { type PageResults, UNTOUCHED } from '../campaigns/runs/results.ts';
import type { RunRecord } from '../campaigns/runs/run.ts';
import type { Logger } from '../logger.ts';
import type { Stored } from '../stored.ts';
import type { Item } from './items.ts';
import { unpackResults } from './pack-results.ts';
import { pageItem, resultsItem, runItem } from './run-items.ts';
import { parseItem, UnreadableItemError } from './versioned.ts';

const versioned = v.object({ version: v.string() });

/** A run as read. @throws UnreadableItemError */
export function toRun(item: Item): Stored<RunRecord> {
  return { value: parseItem(runItem, item), version: parseItem(versioned, item).version };
}

/** One that cannot be read is logged and set aside, so that it does not hide the others. */
export function readableRuns(item: Item, logger: Logger): readonly RunRecord[] {
  try {
    return [toRun(item).value];
  } catch (error) {
    if (!(error instanceof UnreadableItemError)) throw error;
    logger.error(error.message);
    return [];
  }
}

/** A page as it is stored. */
export function packPage({ recipients, ...rest }: RunPage) {
  const variables = recipients.flatMap(({ variables: own }, index) => (own ? [[String(index), own]] : []));
  return {
    openids: recipients.map(({ openid }) => openid),
    ...(variables.length > 0 && { variables: Object.fromEntries(variables) }),
    ...rest,
  };
}

/** A page as read. @throws UnreadableItemError */
export function toPage(item: Item): RunPage {
  const { openids, variables = {}, ...rest } = parseItem(pageItem, item);
  const recipients = openids.map((openid, index) => {
    const own = variables[index];
    return own ? { openid, variables: own } : { openid };
  });
  return { ...rest, recipients };
}

/** Results as read; those that nobody has begun are empty. @throws UnreadableItemError */
export function toResults(item: Item | undefined): Stored<PageResults> {
  if (!item) return { value: UNTOUCHED, version: undefined };
  const { letters, sinceMs, after, msgids, notes, ...rest } = parseItem(resultsItem, item);
  return {
    value: { ...rest, results: unpackResults({ letters, sinceMs, after, msgids, notes }) },
    version: parseItem(versioned, item).version,
  };
}
