import { expect, test } from 'vitest';
import { prepareData } from '../../../lib/templates/prepare-data.ts';
import { template } from '../../support/templates.ts';

const LONG = { thing1: { value: '一'.repeat(25) }, date2: '2026-12-01T01:00:00Z', amount3: '￥100' };

test('without fit, what does not fit is refused', () => {
  const result = prepareData(template(), LONG, { fit: false });
  expect(result.type === 'invalid' && result.problems.map(({ path }) => path)).toEqual([
    'data.thing1',
    'data.date2',
  ]);
});

test('with fit, it is fitted, and what was changed is said', () => {
  expect(prepareData(template(), LONG, { fit: true, timeZone: 'UTC' })).toEqual({
    type: 'valid',
    data: { thing1: `${'一'.repeat(19)}…`, date2: '2026-12-01 01:00', amount3: '￥100' },
    fitted: [
      { key: 'thing1', from: '一'.repeat(25), to: `${'一'.repeat(19)}…` },
      { key: 'date2', from: '2026-12-01T01:00:00Z', to: '2026-12-01 01:00' },
    ],
  });
});

test('what was good from the start is said to be unchanged', () => {
  const data = { thing1: '苹果', date2: '2026-01-31', amount3: '￥100' };
  expect(prepareData(template(), data, { fit: true })).toEqual({ type: 'valid', data, fitted: [] });
});

test('fitting hides no fault: values that cannot be read or fitted are all named', () => {
  const result = prepareData(
    template(),
    { thing1: 5, date2: '2026-02-30', amount3: '￥1,000' },
    { fit: true },
  );
  expect(result.type === 'invalid' && result.problems.map(({ path, code }) => `${path} ${code}`)).toEqual([
    'data.thing1 not-text',
    'data.date2 no-such-date',
  ]);
  expect(JSON.stringify(result)).not.toContain('fit: true');
});
