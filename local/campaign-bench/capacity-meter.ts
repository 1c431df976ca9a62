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

const REFUSED = new Set(['ConditionalCheckFailedException', 'TransactionCanceledException']);

interface Sender {
  // biome-ignore lint/suspicious/noExplicitAny: the client's own send has an overload for each command
  send: (...args: any[]) => any;
}

/** Asks for the consumed capacity with every command of a DynamoDB client, and adds up what comes back. */
export function createCapacityMeter(client: Sender): { total(): Capacity } {
  const total = { writeUnits: 0, readUnits: 0, calls: 0 };
  const { send } = client;

  client.send = async function metered(
    this: unknown,
    command: object & { input: object },
    ...rest: unknown[]
  ) {
    Object.assign(command.input, { ReturnConsumedCapacity: 'TOTAL' });
    const { name } = command.constructor;
    const isWrite = /Put|Update|Delete|Write/.test(name) || isWriteStatement(command.input);
    total.calls += 1;
    try {
      const answer: unknown = await send.call(this, command, ...rest);
      const { ConsumedCapacity = [] } = v.parse(answered, answer);
      const units = [ConsumedCapacity].flat().reduce((sum, { CapacityUnits }) => sum + CapacityUnits, 0);
      total[isWrite ? 'writeUnits' : 'readUnits'] += units;
      return answer;
    } catch (error) {
      // Not told in the error: at least one unit, two in a transaction.
      if (error instanceof Error && REFUSED.has(error.name))
        total.writeUnits += name.startsWith('Transact') ? 4 : 1;
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
