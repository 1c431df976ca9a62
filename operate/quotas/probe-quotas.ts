import type { Finding } from '../doctor/finding.ts';
import { orFinding } from '../doctor/or-finding.ts';
import { advisedParams, judgeConcurrency, judgeReserve } from './judge-concurrency.ts';
import { judgeNewTable, judgeTable } from './judge-table.ts';
import { readConcurrency, readTableQuotas } from './read-quotas.ts';

/** A stage whose limits are looked at. */
export interface StageToSize {
  readonly region: string;
  readonly stage: string;
  /** undefined before the first deployment. */
  readonly tableName: string | undefined;
}

/** What AWS lets a stage do. */
export interface StageQuotas {
  readonly findings: readonly Finding[];
  /** What to deploy with so that the stage fits into the account. */
  readonly params: Readonly<Record<string, number>>;
}

/** Reads what the account and the table let the stage do, and says what to ask AWS for. */
export async function probeQuotas({ region, stage, tableName }: StageToSize): Promise<StageQuotas> {
  let params: StageQuotas['params'] = {};
  const ofAccount = await orFinding('concurrency', async () => {
    const concurrency = await readConcurrency(region, stage, { isDeployed: tableName !== undefined });
    params = advisedParams(concurrency);
    return [judgeConcurrency(concurrency), judgeReserve(concurrency)];
  });
  const ofTable = await orFinding('table throughput', async () => [
    tableName === undefined ? judgeNewTable() : judgeTable(await readTableQuotas(region, tableName)),
  ]);
  return { findings: [...ofAccount, ...ofTable], params };
}
