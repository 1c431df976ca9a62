import { expect, test, vi } from 'vitest';
import { createConsoleLogger } from '../../../lib/runtime/console-logger.ts';
import { invocationFields, onColdStart } from '../../../lib/runtime/runtime.ts';

test('every line names the invocation that it belongs to, as Lambda’s own lines do', async () => {
  const lines: string[] = [];
  const logger = createConsoleLogger({
    clock: () => 0,
    commonFields: invocationFields,
    write: (line) => lines.push(line),
  });
  const handler = onColdStart(
    async () => ({ logger }),
    (services) => async (messageId: string, _context: { readonly awsRequestId?: string }) => {
      await Promise.resolve();
      services.logger.info('sent', { messageId });
    },
  );
  await Promise.all([handler('m-1', { awsRequestId: 'a' }), handler('m-2', { awsRequestId: 'b' })]);
  await handler('m-3', {});
  logger.info('outside');
  expect(
    lines.map((line) => JSON.parse(line)).map(({ awsRequestId, messageId }) => [awsRequestId, messageId]),
  ).toEqual([
    ['a', 'm-1'],
    ['b', 'm-2'],
    [undefined, 'm-3'],
    [undefined, undefined],
  ]);
});

test('on Lambda a function starts by itself, once its file has been read to the end', async () => {
  vi.stubEnv('AWS_LAMBDA_FUNCTION_NAME', 'fn');
  const started: string[] = [];
  const handler = onColdStart(
    async () => started.push(DECLARED_BELOW),
    () => async (_event: unknown, _context: unknown) => started.length,
  );
  const DECLARED_BELOW = 'started';
  await Promise.resolve();
  expect(started).toEqual(['started']);
  expect(await handler(undefined, undefined)).toBe(1);
});
