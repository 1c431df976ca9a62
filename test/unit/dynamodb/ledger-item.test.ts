import * as v from 'valibot';
import { expect, test } from 'vitest';
import { ledgerItem } from '../../../lib/dynamodb/ledger-item.ts';
import { emptyLedger } from '../../../lib/grants/ledger.ts';
import { recordReport } from '../../../lib/grants/report-grants.ts';

const report = { results: { t: 'accept' }, silent: [] };
const ledger = recordReport(emptyLedger('u'), report, {
  authority: 'client',
  kindOf: () => 'one-time',
  nowMs: 5,
});

test('a ledger is read as it was stored', () => {
  expect(v.parse(ledgerItem, structuredClone(ledger))).toEqual(ledger);
});

test('a ledger from before silent reports were kept apart has none of them', () => {
  const stored: unknown = JSON.parse(JSON.stringify(ledger).replace('"silent":[],', ''));
  expect(stored).not.toEqual(ledger);
  expect(v.parse(ledgerItem, stored)).toEqual(ledger);
});
