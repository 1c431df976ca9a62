import { describe, expect, test } from 'vitest';
import { closeClaim, openClaim } from '../../../lib/grants/claims.ts';
import type { CountingStore } from '../../../lib/grants/commit-counted.ts';
import {
  type Device,
  grantKeyOf,
  grantKeysOf,
  readGrantKey,
  templateIdsOf,
} from '../../../lib/grants/grant-key.ts';
import { holdGrant } from '../../../lib/grants/holds.ts';
import { emptyLedger, grantsOf, type Ledger } from '../../../lib/grants/ledger.ts';
import { recordPopup, recordRevocation } from '../../../lib/grants/record-panel-events.ts';
import { MAX_DEVICE_GRANTS_PER_USER, recordReport, reportGrants } from '../../../lib/grants/report-grants.ts';

const T = 'template-1';
const LOCK: Device = { sn: 'lock-1', modelId: 'model-a' };
const CAMERA: Device = { sn: 'camera_1', modelId: 'model-b' };
const keyOf = (device: Device) => grantKeyOf({ templateId: T, device });

function reported(ledger: Ledger, status: string, devices: readonly Device[], nowMs = 1_000): Ledger {
  const report = { results: { [T]: status }, silent: [], devices };
  return recordReport(ledger, report, { authority: 'client', kindOf: () => 'long-term', nowMs });
}

const both = reported(emptyLedger('user-1'), 'accept', [LOCK, CAMERA]);

function claimed(ledger: Ledger, device: Device): Ledger {
  const opened = openClaim(ledger, {
    claimId: 'c',
    sendId: 'm',
    grantKey: keyOf(device),
    nowMs: 2_000,
    leaseMs: 1,
  });
  if (opened.type !== 'claimed') throw new Error(opened.type);
  return opened.ledger;
}

describe('a grant of a device', () => {
  test('has a key that names its template, serial number and model', () => {
    expect(readGrantKey(keyOf(LOCK))).toEqual({ templateId: T, device: LOCK });
    expect(readGrantKey(T)).toEqual({ templateId: T });
    expect(grantKeysOf(both, T)).toEqual([keyOf(CAMERA), keyOf(LOCK)]);
    expect(grantKeysOf(both, 'template')).toEqual([]);
    expect([...templateIdsOf(both)]).toEqual([T]);
  });

  test('is one subscription for each device that a report names, whatever WeChat lists the template as', () => {
    expect(grantsOf(both, keyOf(LOCK))).toMatchObject({ kind: 'device', subscribed: true, granted: 1 });
    expect(grantsOf(both, T)).toBeUndefined();
    expect(holdGrant(both, keyOf(LOCK), 'device').type).toBe('held');
    expect(holdGrant(both, T, 'device').type).toBe('no-grant');
    expect(holdGrant(both, keyOf({ ...LOCK, modelId: 'model-b' }), 'device').type).toBe('no-grant');
  });

  test('goes with a refusal of its own, and those of other devices stay', () => {
    const off = reported(both, 'reject', [LOCK]);
    expect(grantsOf(off, keyOf(LOCK))?.subscribed).toBe(false);
    expect(grantsOf(off, keyOf(CAMERA))?.subscribed).toBe(true);
    const refused = closeClaim(claimed(both, LOCK), 'zero');
    expect(grantsOf(refused, keyOf(LOCK))).toMatchObject({ subscribed: false, epoch: 1 });
    expect(grantsOf(refused, keyOf(CAMERA))).toMatchObject({ subscribed: true, epoch: 0 });
  });

  test('stays where the user subscribed again after the refused send had begun', () => {
    const again = reported(claimed(both, LOCK), 'accept', [LOCK], 3_000);
    expect(grantsOf(closeClaim(again, 'zero'), keyOf(LOCK))?.subscribed).toBe(true);
  });

  test('goes for every device when the user turns the template off, since the event names none', () => {
    const off = recordRevocation(both, { templateId: T, status: 'reject', kind: 'long-term', atMs: 5_000 });
    expect(Object.keys(off.templates)).toHaveLength(2);
    for (const device of [LOCK, CAMERA]) {
      expect(grantsOf(off, keyOf(device))).toMatchObject({ kind: 'device', subscribed: false, epoch: 1 });
    }
  });

  test('is neither made nor taken by a popup event, which names no device', () => {
    for (const status of ['accept', 'reject']) {
      expect(recordPopup(both, { templateId: T, status, kind: 'long-term', atMs: 5_000 })).toEqual(both);
      const event = { templateId: T, status, kind: 'device' as const, atMs: 5_000 };
      expect(recordPopup(emptyLedger('u'), event)).toEqual(emptyLedger('u'));
    }
  });

  test('is not known by an event that comes before its template is: it counts for the template, and a no takes it back', () => {
    const event = { templateId: T, kind: 'unknown' as const, atMs: 5_000 };
    const allowed = recordPopup(emptyLedger('u'), { ...event, status: 'accept' });
    expect(grantsOf(allowed, T)).toMatchObject({ kind: 'unknown', granted: 1, subscribed: true });
    const declined = recordPopup(allowed, { ...event, status: 'reject' });
    expect(grantsOf(declined, T)).toMatchObject({ granted: 1, subscribed: false });
    expect(grantsOf(reported(declined, 'accept', [LOCK]), keyOf(LOCK))).toMatchObject({ subscribed: true });
  });
});

describe('reports of devices', () => {
  let ledger: Ledger = emptyLedger('user-1');
  const store: CountingStore = {
    loadLedger: async () => ({ value: ledger, version: '1' }),
    countedOf: async () => new Set(),
    announce: async (announced) => announced,
    joinAudiences: async () => 'committed',
    async commitCounted({ value }) {
      ledger = value;
      return 'committed';
    },
  };
  let requests = 0;
  const report = (
    status: string,
    devices: readonly Device[] | undefined,
    kind: 'one-time' | 'device' | 'limited',
    templateId = T,
  ) =>
    reportGrants(
      {
        store,
        authority: 'client',
        isCatalogueSynced: async () => true,
        clock: () => 1_000 + requests++,
        sleep: async () => undefined,
        random: () => 0.5,
      },
      'user-1',
      `r${requests}`,
      { results: { [templateId]: status }, silent: [], ...(devices && { devices }) },
      new Map([[templateId, kind]]),
    );

  test('are refused of a template that is for none, and without a device of one that is', async () => {
    expect((await report('accept', undefined, 'device')).type).toBe('device-missing');
    expect((await report('accept', [LOCK], 'one-time')).type).toBe('not-of-devices');
    expect((await report('accept', [LOCK], 'limited')).type).toBe('not-of-devices');
    expect(ledger.templates).toEqual({});
  });

  test('are bounded; devices that are off make room, the oldest first', async () => {
    const devices = Array.from({ length: MAX_DEVICE_GRANTS_PER_USER }, (_, n) => ({
      sn: `s${n}`,
      modelId: 'm',
    }));
    for (const device of devices) expect((await report('accept', [device], 'device')).type).toBe('counted');
    expect((await report('accept', [LOCK], 'device')).type).toBe('too-many-devices');
    for (const device of devices.slice(3, 5)) await report('reject', [device], 'device');
    expect((await report('accept', [LOCK], 'device')).type).toBe('counted');
    expect(Object.keys(ledger.templates)).toHaveLength(MAX_DEVICE_GRANTS_PER_USER);
    expect(grantsOf(ledger, keyOf({ sn: 's3', modelId: 'm' }))).toBeUndefined();
    expect(grantsOf(ledger, keyOf({ sn: 's4', modelId: 'm' }))?.subscribed).toBe(false);
  });

  test('that are off stay, one of each template, by which an erasure finds its audience', async () => {
    const off = ['a', 'b'].map((sn) => ({ sn, modelId: 'm' }));
    expect((await report('reject', off, 'device', 'tpl-off')).type).toBe('counted');
    expect((await report('accept', [CAMERA], 'device')).type).toBe('too-many-devices');
    expect(templateIdsOf(ledger)).toEqual(new Set([T, 'tpl-off']));
  });
});
