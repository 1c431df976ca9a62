import { relative } from 'node:path';
import { afterAll, beforeEach, expect } from 'vitest';
import { badFields } from '../../local/wechat-simulator/bad-fields.ts';

/** Tests of the simulated WeChat send it bad fields on purpose. */
const OF_THE_SIMULATOR = 'test/local/wechat-simulator/';

/**
 * In every test file: whatever the service sends has passed its own check, so the simulated WeChat never refuses a field.
 * A 47003 that a test asked for, as a fault, does not count.
 */
const refused: unknown[] = [];
badFields.subscribe((told) => void refused.push(told));

let file = '';
beforeEach(() => {
  file = relative('.', expect.getState().testPath ?? '');
});

afterAll(() => {
  if (!file.startsWith(OF_THE_SIMULATOR)) expect(refused, 'fields that passed the check').toEqual([]);
});
