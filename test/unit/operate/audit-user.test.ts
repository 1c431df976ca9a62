import { describe, expect, test } from 'vitest';
import type { Claim, Ledger, TemplateGrants } from '../../../lib/grants/ledger.ts';
import { type AuditedCampaigns, type AuditedMessage, auditUser } from '../../../operate/audit/audit-user.ts';

const NOW_MS = Date.UTC(2026, 11, 1);
const MOMENT = { nowMs: NOW_MS, overdueMs: 600_000 };
const TEMPLATE = 'tpl';
const NO_CAMPAIGNS: AuditedCampaigns = { taken: new Map(), forgotten: new Map() };

function ledger(counts: Partial<TemplateGrants>, claim?: Partial<Claim>): Ledger {
  const grants: TemplateGrants = {
    kind: 'one-time',
    granted: 0,
    available: 0,
    held: 0,
    subscribed: true,
    epoch: 0,
    lastStatus: 'accept',
    silentReject: false,
    updatedAtMs: 0,
    ...counts,
  };
  const open: Claim = {
    claimId: 'claim',
    sendId: 'm1',
    templateId: TEMPLATE,
    source: 'held',
    epoch: 0,
    grantedBefore: 0,
    startedAtMs: NOW_MS,
    leaseUntilMs: NOW_MS + 45_000,
    ...claim,
  };
  return { openid: 'o-1', templates: { [TEMPLATE]: grants }, ...(claim && { claim: open }) };
}

function message(parts: Partial<AuditedMessage> = {}): AuditedMessage {
  return { id: 'm1', templateId: TEMPLATE, state: 'pending', dueAtMs: NOW_MS, ...parts };
}

const booked = (parts: Partial<AuditedMessage> = {}) => message({ hold: { epoch: 0 }, ...parts });
const ended = (id: string, state: AuditedMessage['state'], effect: 'spend' | 'refund' | 'zero' = 'spend') =>
  booked({ id, state, lastClaim: { claimId: `claim of ${id}`, effect, epoch: 0 } });

const rules = (...parts: Parameters<typeof auditUser>) =>
  auditUser(...parts).map(({ level, rule }) => `${level} ${rule}`);

describe('records that are sound', () => {
  test.each<[string, Ledger, AuditedMessage[]]>([
    ['nothing at all', { openid: 'o-1', templates: {} }, []],
    ['grants that nothing took', ledger({ granted: 3, available: 3 }), []],
    [
      'sends of every end',
      ledger({ granted: 6, available: 2, held: 1 }),
      [
        ended('m1', 'sent'),
        ended('m2', 'delivered'),
        ended('m3', 'unknown'),
        ended('m4', 'failed', 'refund'),
        booked({ id: 'm5' }),
        booked({ id: 'm6', state: 'canceled' }),
      ],
    ],
    ['a send that is under way', ledger({ granted: 2, available: 1 }, {}), [booked()]],
    [
      'a send without a grant of its own that is under way',
      ledger({ granted: 1 }, { source: 'available' }),
      [message()],
    ],
    [
      'sends that a restore ended without a grant, settled or not',
      ledger({ granted: 1, available: 1 }),
      [message({ state: 'unknown' }), message({ id: 'm2', state: 'sent' })],
    ],
    ['a message that waits for its grant', ledger({ granted: 0 }), [message()]],
    ['a message of a template that nobody answered for', { openid: 'o-1', templates: {} }, [message()]],
    [
      'grants that a refusal zeroed',
      ledger({ granted: 5, available: 1, epoch: 1 }),
      [ended('m1', 'sent'), ended('m2', 'refused', 'zero')],
    ],
    [
      'a long-term subscription, whose counts mean nothing',
      ledger({ kind: 'long-term', granted: 1, available: 1, held: 0 }),
      [booked(), ended('m2', 'sent'), ended('m3', 'sent')],
    ],
    [
      'a message that the pace of all sending has held back',
      ledger({ granted: 1, held: 1 }),
      [booked({ dueAtMs: 0, heldUntilMs: NOW_MS - 1 })],
    ],
    [
      'a message that is late within reason',
      ledger({ granted: 1, held: 1 }),
      [booked({ dueAtMs: NOW_MS - 600_000 })],
    ],
  ])('%s: nothing is found', (_, stored, messages) => {
    expect(auditUser(stored, messages, NO_CAMPAIGNS, MOMENT)).toEqual([]);
  });
});

describe('records that have drifted', () => {
  test.each<[string, string[], Ledger, AuditedMessage[]]>([
    ['more held than booked', ['drift held-mismatch'], ledger({ granted: 1, held: 1 }), []],
    [
      'a booked message whose grant is not held',
      ['drift held-mismatch'],
      ledger({ granted: 1, available: 1 }),
      [booked()],
    ],
    [
      'a send that took no grant',
      ['drift overspent'],
      ledger({ granted: 1, available: 1 }),
      [ended('m1', 'sent')],
    ],
    [
      'an unknown send that took no grant',
      ['drift overspent'],
      ledger({ granted: 1, available: 1 }),
      [ended('m1', 'unknown')],
    ],
    ['a grant that vanished', ['drift lost-grants'], ledger({ granted: 2, available: 1 }), []],
    [
      'more grants than were ever recorded',
      ['drift negative-balance', 'drift overspent'],
      ledger({ granted: 1, available: 2 }),
      [],
    ],
    [
      'a send of a template without grants',
      ['drift no-grants-recorded'],
      { openid: 'o-1', templates: {} },
      [ended('m1', 'sent')],
    ],
    [
      'a message that should have left',
      ['drift overdue'],
      ledger({ granted: 1, held: 1 }),
      [booked({ dueAtMs: NOW_MS - 600_001 })],
    ],
    [
      'a claim whose sender died and whose message nobody settled',
      ['drift abandoned-claim'],
      ledger({ granted: 1 }, { leaseUntilMs: NOW_MS - 600_000 }),
      [booked({ dueAtMs: 0 })],
    ],
    [
      'a claim whose message is gone',
      ['note settled-claim', 'drift lost-grants'],
      ledger({ granted: 1 }, {}),
      [],
    ],
  ])('%s', (_, expected, stored, messages) => {
    expect(rules(stored, messages, NO_CAMPAIGNS, MOMENT)).toEqual(expected);
  });

  test('says what it expected and what it found', () => {
    expect(auditUser(ledger({ granted: 3, held: 3 }), [booked()], NO_CAMPAIGNS, MOMENT)).toEqual([
      { level: 'drift', rule: 'held-mismatch', templateId: TEMPLATE, expected: 1, found: 3 },
    ]);
  });
});

describe('what mends itself is a note', () => {
  test.each<[string, 'spend' | 'refund' | 'keep', AuditedMessage['state'], Partial<TemplateGrants>]>([
    ['sent', 'spend', 'sent', { granted: 1 }],
    ['failed', 'refund', 'failed', { granted: 1 }],
    ['tried again later', 'keep', 'pending', { granted: 1 }],
  ])('a claim that is open though its message was %s', (_, effect, state, counts) => {
    const settled = booked({ state, lastClaim: { claimId: 'claim', effect, epoch: 0 } });
    expect(rules(ledger(counts, {}), [settled], NO_CAMPAIGNS, MOMENT)).toEqual(['note settled-claim']);
  });

  test('a booked message whose grant was zeroed', () => {
    expect(rules(ledger({ granted: 1, epoch: 1 }), [booked()], NO_CAMPAIGNS, MOMENT)).toEqual([
      'note void-hold',
    ]);
  });
});

describe('sends of campaigns, of which no message is stored', () => {
  const spent = { type: 'settled', effect: 'spend' } as const;
  const campaigns = (taken: number, more: Partial<AuditedCampaigns> = {}): AuditedCampaigns => ({
    taken: new Map(taken > 0 ? [[TEMPLATE, taken]] : []),
    forgotten: new Map(),
    ...more,
  });
  const forgotten = new Map([[TEMPLATE, 1]]);

  test.each<[string, string[], Ledger, AuditedCampaigns]>([
    ['two of them', [], ledger({ granted: 3, available: 1 }), campaigns(2)],
    [
      'one whose claim stands',
      ['note settled-claim'],
      ledger({ granted: 1 }, { sendId: 'rcp' }),
      campaigns(1, { claimOutcome: spent }),
    ],
    [
      'one that is under way',
      [],
      ledger({ granted: 1 }, { sendId: 'rcp' }),
      campaigns(0, { claimOutcome: { type: 'under-way' } }),
    ],
    [
      'one whose sender died long ago',
      ['drift abandoned-claim'],
      ledger({ granted: 1 }, { sendId: 'rcp', leaseUntilMs: 0 }),
      campaigns(0, { claimOutcome: { type: 'abandoned' } }),
    ],
    [
      'one whose grant was given back but for the ledger',
      ['note settled-claim'],
      ledger({ granted: 1 }, { sendId: 'rcp', source: 'available' }),
      campaigns(0, { claimOutcome: { type: 'settled', effect: 'refund' } }),
    ],
    ['one that took no grant', ['drift overspent'], ledger({ granted: 1, available: 1 }), campaigns(1)],
    ['a grant more gone than they took', ['drift lost-grants'], ledger({ granted: 2 }), campaigns(1)],
    [
      'a grant more gone than they took, where a run was deleted',
      ['note forgotten-sends'],
      ledger({ granted: 2 }),
      campaigns(1, { forgotten }),
    ],
    [
      'two grants more gone, where one run was deleted',
      ['drift lost-grants'],
      ledger({ granted: 3 }),
      campaigns(1, { forgotten }),
    ],
    ['one without any grants', ['drift no-grants-recorded'], { openid: 'o-1', templates: {} }, campaigns(1)],
    ['one by a long-term subscription', [], ledger({ kind: 'long-term', granted: 1 }), campaigns(5)],
  ])('%s', (_, expected, stored, known) => {
    expect(rules(stored, [], known, MOMENT)).toEqual(expected);
  });
});
