import type { PagePlace } from '../campaigns/runs/page.ts';
import type { Logger } from '../logger.ts';
import type { Measure } from '../metrics.ts';
import { type Fact, type FactName, factsOf } from './facts.ts';
import { measurementsOf } from './measure-changes.ts';
import { partsOf, type StatisticsWriter } from './statistics-writer.ts';
import { movedResults, type SentPage, type TableChange } from './table-change.ts';

/** What taking changes in needs from outside. */
export interface ChangeServices {
  /** Publishes facts, at least once, and answers those that the bus did not take. */
  readonly publish: (facts: readonly Fact[]) => Promise<readonly Fact[]>;
  readonly isPublished: (name: FactName) => boolean;
  readonly statistics: StatisticsWriter;
  /** Whom the results of a run's page are about; undefined where that is not kept any more. */
  readonly pageOf: (place: PagePlace) => Promise<SentPage | undefined>;
  readonly measure: Measure;
  readonly logger: Logger;
}

/**
 * Takes in what was stored: counts it, and tells the owner. A change that comes again, in whatever company, is not counted again, and
 * is published under the same ids.
 *
 * @returns the first change that must come again because the bus did not take it, undefined when all is done
 */
export async function takeChanges(
  services: ChangeServices,
  changes: readonly TableChange[],
): Promise<TableChange | undefined> {
  const known = await Promise.all(changes.map((change) => withPage(services, change)));
  await services.statistics.add(partsOf(known));
  const facts = known.map((change) => factsOf(change).filter(({ name }) => services.isPublished(name)));
  const refused = new Set(await services.publish(facts.flat()));
  const first = facts.findIndex((ofChange) => ofChange.some((fact) => refused.has(fact)));
  // What comes again is measured then.
  measurementsOf(first < 0 ? known : known.slice(0, first)).forEach(services.measure);
  return known[first];
}

async function withPage({ pageOf, logger }: ChangeServices, change: TableChange): Promise<TableChange> {
  if (change.type !== 'results' || movedResults(change).length === 0) return change;
  const page = await pageOf(change.place);
  if (page) return { ...change, page };
  logger.warn('Results of a page that is gone are left out of events and statistics.', {
    runId: change.place.runId,
  });
  return change;
}
