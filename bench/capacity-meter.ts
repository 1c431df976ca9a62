import * as v from 'valibot';
import { SigningClient } from '../lib/aws/aws-client.ts';
import { isRefusal } from '../lib/aws/aws-error.ts';

/** What has been used of DynamoDB. Units are those that it bills; a refused write is billed as well. */
export interface Capacity {
  readonly writeUnits: number;
  readonly readUnits: number;
  readonly calls: number;
}

const consumed = v.object({ CapacityUnits: v.optional(v.number(), 0), TableName: v.optional(v.string()) });
const answered = v.object({
  ConsumedCapacity: v.optional(v.union([v.array(consumed), consumed])),
});

interface Sender {
  // biome-ignore lint/suspicious/noExplicitAny: what goes into a call and what comes out differs by operation
  send: (...args: any[]) => any;
}

const REFUSED = ['ConditionalCheckFailedException', 'TransactionCanceledException'];

/** Asks for the consumed capacity with every call that this process makes of DynamoDB, and adds up what comes back. */
export function createCapacityMeter(): { total(): Capacity } {
  const client: Sender = SigningClient.prototype;
  const total = { writeUnits: 0, readUnits: 0, calls: 0 };
  const { send } = client;

  client.send = async function metered(this: { readonly service: string }, operation: string, input: object) {
    if (this.service !== 'dynamodb') return send.call(this, operation, input);
    const isWrite = /Put|Update|Delete|Write/.test(operation) || isWriteStatement(input);
    total.calls += 1;
    try {
      const answer: unknown = await send.call(this, operation, { ...input, ReturnConsumedCapacity: 'TOTAL' });
      const { ConsumedCapacity = [] } = v.parse(answered, answer);
      const units = [ConsumedCapacity].flat().reduce((sum, { CapacityUnits }) => sum + CapacityUnits, 0);
      total[isWrite ? 'writeUnits' : 'readUnits'] += units;
      return answer;
    } catch (error) {
      // Not told in the error: at least one unit, two in a transaction.
      if (isRefusal(error, ...REFUSED)) total.writeUnits += operation.startsWith('Transact') ? 4 : 1;
      throw error;
    }
  };
  return { total: () => ({ ...total }) };
}

const statements = v.object({ Statements: v.array(v.object({ Statement: v.string() })) });

/** Whether a batch of PartiQL writes; DynamoDB takes none that does both. */
function isWriteStatement(input: object): boolean {
  const read = v.safeParse(statements, input);
  return read.success && read.output.Statements.some(({ Statement }) => !/^\s*SELECT/i.test(Statement));
}
