import { expect, test } from 'vitest';
import { firstEvents } from '../../bench/cold-start/first-events.ts';
import { readServiceDefinition } from '../../local/stack/service-definition.ts';
import { startService } from '../contract/running-service.ts';

test('the bench has the event of a first invocation for every function', async () => {
  const { stack } = await startService({ pollers: 0, dispatchEverySeconds: 0 });
  const service = await readServiceDefinition();
  expect(Object.keys(firstEvents(stack)).sort()).toEqual(Object.keys(service.functions()).sort());
});
