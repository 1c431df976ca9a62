import { SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import { onTestFinished } from 'vitest';
import type { LambdaHandler } from '../../local/stack/invoke.ts';
import type { Observation } from '../../local/stack/observation.ts';
import { type Runner, startRunner } from '../../local/stack/runner.ts';
import type { FunctionDefinition, QueueDefinition } from '../../local/stack/service-definition.ts';
import { type LocalSqs, startSqs } from '../../local/stack/sqs.ts';

type EventDefinition = FunctionDefinition['events'][number];

/** A trigger, and the small handler behind it. */
export interface TestFunction {
  readonly events: readonly EventDefinition[];
  readonly timeout?: number;
  readonly handler: LambdaHandler;
}

/** The event definition of a queue named Jobs, as in serverless.yml. */
export const FROM_JOBS: EventDefinition = {
  sqs: { arn: 'Jobs', batchSize: 10, functionResponseType: 'ReportBatchItemFailures' },
};

/** A runner with two queues, Jobs and DeadJobs; both end with the test. */
export async function useRunner(
  functions: Record<string, TestFunction>,
  options: { jobs?: QueueDefinition; pollers?: number; scheduleEverySeconds?: number } = {},
): Promise<{
  runner: Runner;
  sqs: LocalSqs;
  send: (bodies: string[], delaySeconds?: number) => Promise<void>;
  seen: Observation[];
}> {
  const sqs = await startSqs({
    Jobs: { RedrivePolicy: { deadLetterTargetArn: 'DeadJobs', maxReceiveCount: 2 }, ...options.jobs },
    DeadJobs: {},
  });
  const seen: Observation[] = [];
  const runner = await startRunner({
    functions: Object.fromEntries(
      Object.entries(functions).map(([name, { events, timeout = 10 }]) => [
        name,
        {
          handler: `handlers/${name}.handler`,
          timeout,
          memorySize: 512,
          environment: {},
          events: [...events],
        },
      ]),
    ),
    handlers: Object.fromEntries(Object.entries(functions).map(([name, { handler }]) => [name, handler])),
    sqs,
    port: 0,
    scheduleEverySeconds: options.scheduleEverySeconds ?? 0,
    ...(options.pollers === undefined ? {} : { pollers: options.pollers }),
    observe: (observation) => seen.push(observation),
  });
  onTestFinished(async () => {
    await runner.close();
    await sqs.close();
  });
  const QueueUrl = sqs.queues['Jobs']?.url;
  const send = async (bodies: string[], delaySeconds = 0) => {
    const Entries = bodies.map((MessageBody, n) => ({ Id: `${n}`, MessageBody, DelaySeconds: delaySeconds }));
    await sqs.client.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
  };
  return { runner, sqs, send, seen };
}
