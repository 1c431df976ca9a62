import * as v from 'valibot';
import { expect, test } from 'vitest';
import { emptyLedger, ledgerSchema } from '../../../lib/grants/ledger.ts';
import { recordReport } from '../../../lib/grants/report-grants.ts';

const report = { results: { t: 'accept' }, silent: [] };
const ledger = recordReport(emptyLedger('u'), report, {
  authority: 'client',
  kindOf: () => 'one-time',
  nowMs: 5,
});

test('a ledger is read as it was stored', () => {
  expect(v.parse(ledgerSchema, structuredClone(ledger))).toEqual(ledger);
});
