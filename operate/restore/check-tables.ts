import { ResourceNotFoundException } from '@aws-sdk/client-dynamodb';
import { type Table, toAttributes } from '../../lib/dynamodb/table.ts';
import { CommandError } from '../command-line.ts';
import { say } from '../language.ts';
import { scanPages } from '../scan-pages.ts';

/**
 * Both tables by their names. `appId`: the mini program that the copy must hold something of, where it is
 * known.
 */
interface TablesToCheck {
  readonly client: Table['client'];
  readonly from: string;
  readonly into: string;
  readonly appId?: string;
}

/**
 * Makes sure of both tables before anything is written: a copy that is empty, of another stage, or of
 * something else would delete everything.
 *
 * @throws CommandError
 */
export async function checkTables({ client, from, into, appId = '' }: TablesToCheck): Promise<void> {
  await holds(client, into, appId);
  if (await holds(client, from, appId)) return;
  throw new CommandError(
    say(
      `The table ${from} holds nothing of this service${appId && ` for ${appId}`}, so nothing is restored from it.`,
      `表 ${from} 中没有${appId || '本服务'}的数据，不会用它恢复。`,
    ),
  );
}

/** Whether there is an item of this mini program, or of any, in a table. */
async function holds(client: Table['client'], name: string, appId: string): Promise<boolean> {
  try {
    for await (const { Items = [] } of scanPages(
      { client },
      {
        TableName: name,
        FilterExpression: 'contains(pk, :app)',
        ExpressionAttributeValues: toAttributes({ ':app': `${appId}#` }),
        ProjectionExpression: 'pk, sk',
      },
    )) {
      if (Items.length > 0) return true;
    }
    return false;
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException)) throw error;
    throw new CommandError(
      say(`There is no table ${name}, or it is not ready yet.`, `没有名为 ${name} 的表，或它尚未就绪。`),
    );
  }
}
