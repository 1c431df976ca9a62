import { setImmediate as soon } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { processRecords, type RecordOptions } from '../../../lib/sqs/process-records.ts';
import { keptLogs } from '../../support/log-lines.ts';
import { sqsRecord } from '../../support/sqs-record.ts';

function useBatch(work: (job: string) => Promise<void>, options: Partial<RecordOptions<string>> = {}) {
  const logs = keptLogs();
  const retried: string[] = [];
  const read = (body: string): string => {
    if (body.startsWith('no job')) throw new Error('no job of ours');
    return body;
  };
  const answer = (...bodies: string[]) =>
    processRecords({ Records: bodies.map((body, n) => sqsRecord(`record-${n}`, body)) }, work, {
      read,
      failure: 'It comes again.',
      retrySoon: async (failed) => void retried.push(...failed.map(({ messageId }) => messageId)),
      logger: logs.logger,
      ...options,
    });
  return { logs, answer, retried };
}

const failing = (...which: string[]) => ({
  batchItemFailures: which.map((itemIdentifier) => ({ itemIdentifier })),
});

test('a record that fails comes again alone, and so does one that cannot be read', async () => {
  const done: string[] = [];
  const { answer, logs, retried } = useBatch(
    async (job) => {
      if (job === 'b') throw new Error('busy');
      done.push(job);
    },
    { fieldsOf: (job) => ({ job }) },
  );
  expect(await answer('a', 'b', 'no job', 'c')).toEqual(failing('record-1', 'record-2'));
  expect(retried.toSorted()).toEqual(['record-1', 'record-2']);
  expect(done).toEqual(['a', 'c']);
  const lines = logs.lines.map((line) => JSON.parse(line));
  const told = lines.map(({ message, recordId, receives, job }) => [message, recordId, receives, job]);
  expect(told.toSorted()).toEqual([
    ['It comes again.', 'record-1', '1', 'b'],
    ['It comes again.', 'record-2', '1', undefined],
  ]);
});

test('a batch of nothing but failures still names each of them', async () => {
  const { answer } = useBatch(() => Promise.reject(new Error('busy')));
  expect(await answer('a', 'no job')).toEqual(failing('record-0', 'record-1'));
});

test('jobs of one group are done in turn, also after one that failed; those of others at once', async () => {
  const begun: string[] = [];
  const ended: string[] = [];
  const { answer } = useBatch(
    async (job) => {
      begun.push(job);
      await soon();
      ended.push(job);
      if (job === 'x1') throw new Error('busy');
    },
    { groupOf: (job) => (job.startsWith('alone') ? undefined : job[0]) },
  );
  expect(await answer('x1', 'x2', 'y1', 'alone', 'alone')).toEqual(failing('record-0'));
  expect(begun).toEqual(['x1', 'y1', 'alone', 'alone', 'x2']);
  expect(ended.indexOf('x1')).toBeLessThan(ended.indexOf('x2'));
});
