import * as v from 'valibot';
import type { Stack } from '../local/stack/stack.ts';
import { startChild } from './child.ts';

const used = v.object({
  writeUnits: v.number(),
  readUnits: v.number(),
  calls: v.number(),
  cpuMs: v.number(),
  peakBytes: v.number(),
});

/** Heap limits as Lambda sets them for 1024 MB: without any, Node puts off collecting garbage on a machine with much memory. */
const AS_IN_1024_MB = ['--max-old-space-size=921', '--max-semi-space-size=51'];

/** What a sender has used since it started. */
export type Used = v.InferOutput<typeof used>;

/** Starts a container of `functionName` in a process of its own; it takes what comes up on the queue. */
export async function startQueueSender(
  stack: Stack,
  sender: {
    functionName: string;
    queueName: string;
    /** Batches in hand at a time. */
    pollers: number;
    /** By how much its clock is ahead. */
    aheadMs?: number;
  },
  nodeOptions: readonly string[] = [],
): Promise<{ used(): Promise<Used>; close(): Promise<void> }> {
  const queueUrl = stack.queueUrls[sender.queueName] ?? '';
  const { child } = await startChild(new URL('queue-sender.ts', import.meta.url), {
    env: stack.env,
    args: [JSON.stringify({ ...sender, queueUrl })],
    nodeOptions: [...AS_IN_1024_MB, ...nodeOptions],
  });
  return { used: () => child.ask(used, 'used'), close: child.close };
}
