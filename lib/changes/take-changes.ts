import type { PagePlace } from '../campaigns/runs/page.ts';
import type { Logger } from '../logger.ts';
import { count, groupsOf } from './count-changes.ts';
import { type Fact, type FactName, factsOf, movedResults } from './facts.ts';
import type { StatisticsWriter } from './statistics-writer.ts';
import type { TableChange } from './table-change.ts';

/** What taking changes in needs from outside. */
export interface ChangeServices {
  /** Publishes facts, at least once. Rejects when the bus does not take them. */
  readonly publish: (facts: readonly Fact[]) => Promise<void>;
  readonly isPublished: (name: FactName) => boolean;
  readonly statistics: StatisticsWriter;
  /** Whom the results of a run's page are about. */
  readonly pageOf: (
    place: PagePlace,
  ) => Promise<Extract<TableChange, { type: 'results' }>['page'] | undefined>;
  readonly logger: Logger;
}

/**
 * Takes in what was stored, in the order of one shard of the table's stream: counts it and tells the owner. A batch that fails comes
 * again from its first change on; what was counted is not counted again, and what was published is published under the same ids.
 */
export async function takeChanges(services: ChangeServices, changes: readonly TableChange[]): Promise<void> {
  const known = await Promise.all(changes.map((change) => withPage(services, change)));
  for (const group of groupsOf(known)) await count(services.statistics, group);
  const facts = known.flatMap(factsOf).filter(({ name }) => services.isPublished(name));
  if (facts.length > 0) await services.publish(facts);
}

async function withPage({ pageOf, logger }: ChangeServices, change: TableChange): Promise<TableChange> {
  if (change.type !== 'results' || movedResults(change).length === 0) return change;
  const page = await pageOf(change.place);
  if (page) return { ...change, page };
  logger.warn('Results of a page that is gone are not counted.', { runId: change.place.runId });
  return change;
}
