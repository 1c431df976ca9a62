import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  TransactionCanceledException,
} from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';

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
  // biome-ignore lint/suspicious/noExplicitAny: what goes into a call and what comes out differs by command
  send: (...args: any[]) => any;
}

/** Asks for the consumed capacity with every call that this process makes of DynamoDB, and adds up what comes back. */
export function createCapacityMeter(): { total(): Capacity } {
  const client: Sender = DynamoDBClient.prototype;
  const total = { writeUnits: 0, readUnits: 0, calls: 0 };
  const { send } = client;

  client.send = async function metered(command: { readonly input: object }, ...more: unknown[]) {
    const { name } = command.constructor;
    const isWrite = /Put|Update|Delete|Write/.test(name) || isWriteStatement(command.input);
    total.calls += 1;
    try {
      Object.assign(command.input, { ReturnConsumedCapacity: 'TOTAL' });
      const answer: unknown = await send.call(this, command, ...more);
      const { ConsumedCapacity = [] } = v.parse(answered, answer);
      const units = [ConsumedCapacity].flat().reduce((sum, { CapacityUnits }) => sum + CapacityUnits, 0);
      total[isWrite ? 'writeUnits' : 'readUnits'] += units;
      return answer;
    } catch (error) {
      // Not told in the error: at least one unit, two for each item of a transaction.
      if (error instanceof ConditionalCheckFailedException) total.writeUnits += 1;
      if (error instanceof TransactionCanceledException) total.writeUnits += 4;
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
