import { setTimeout as sleep } from 'node:timers/promises';
import {
  GetQueueAttributesCommand,
  ListMessageMoveTasksCommand,
  type SQSClient,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import { CommandError } from '../command-line.ts';
import { say } from '../language.ts';

const POLL_MS = 1_000;

/** What an SQS says that has no such call: engines on a laptop, mostly. */
const NO_SUCH_CALL = new Set([
  'InvalidAction',
  'NotImplemented',
  'UnknownOperationException',
  'UnsupportedOperation',
]);

/** SQS's own way to move all of one queue to another, without anything passing through here. */
export interface MoveTasks {
  /** Moves everything that the queue shows; `moved` is told as it goes. @throws CommandError when SQS gives up */
  moveAll(moved: (count: number) => void): Promise<number>;
}

/** Move tasks between two queues, or undefined where this SQS has none. */
export async function moveTasks(
  sqs: SQSClient,
  { from, to }: { from: string; to: string },
): Promise<MoveTasks | undefined> {
  const SourceArn = await arnOf(sqs, from);
  const latest = async () => {
    const { Results = [] } = await sqs.send(new ListMessageMoveTasksCommand({ SourceArn, MaxResults: 1 }));
    return Results[0];
  };
  try {
    await latest();
  } catch (error) {
    if (error instanceof Error && NO_SUCH_CALL.has(error.name)) return undefined;
    throw error;
  }
  return {
    async moveAll(moved) {
      const DestinationArn = await arnOf(sqs, to);
      await sqs.send(new StartMessageMoveTaskCommand({ SourceArn, DestinationArn }));
      for (;;) {
        await sleep(POLL_MS);
        const task = await latest();
        const count = Number(task?.ApproximateNumberOfMessagesMoved ?? 0);
        moved(count);
        if (task?.Status === 'COMPLETED') return count;
        if (task?.Status !== 'RUNNING') {
          const reason = task?.FailureReason ?? task?.Status ?? 'unknown';
          throw new CommandError(
            say(
              `SQS stopped after ${count}: ${reason}. Run it again.`,
              `SQS 在移动 ${count} 条后停止：${reason}。请重新运行。`,
            ),
          );
        }
      }
    },
  };
}

async function arnOf(sqs: SQSClient, QueueUrl: string): Promise<string> {
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
  );
  return Attributes?.QueueArn ?? '';
}
