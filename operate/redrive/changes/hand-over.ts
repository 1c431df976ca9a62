import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import * as v from 'valibot';
import type { LambdaRecord } from '../../lambda-record.ts';

const RECORDS_PER_CALL = 25;

const answer = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ batchItemFailures: v.optional(v.array(v.unknown()), []) }),
);

/** Hands changes to the function again, as its trigger does. Answers what it said against that, undefined when it took all of them. */
export async function handOver(
  lambda: LambdaClient,
  functionArn: string,
  records: readonly LambdaRecord[],
): Promise<string | undefined> {
  for (let from = 0; from < records.length; from += RECORDS_PER_CALL) {
    const Payload = JSON.stringify({ Records: records.slice(from, from + RECORDS_PER_CALL) });
    const called = await lambda.send(new InvokeCommand({ FunctionName: functionArn, Payload }));
    const said = called.Payload?.transformToString() ?? '';
    if (called.FunctionError !== undefined) return said;
    const read = v.safeParse(answer, said);
    if (!read.success || read.output.batchItemFailures.length > 0) return said;
  }
  return undefined;
}
