import { describe, expect, it } from 'vitest';
import type { Campaign, CampaignSchedule } from '../../../lib/campaigns/campaign.ts';
import type { CampaignStore } from '../../../lib/campaigns/campaign-store.ts';
import { reconcileCampaigns } from '../../../lib/campaigns/reconcile-campaigns.ts';
import { type ScheduleGateway, syncSchedule } from '../../../lib/campaigns/schedule/sync-schedule.ts';
import type { Versioned } from '../../../lib/versioned.ts';

const NOW = Date.parse('2026-11-23T00:00:00Z');
const MINUTE = 60_000;
const DAILY = { expression: 'cron(0 9 * * ? *)', timezone: 'Asia/Shanghai' };
const ONCE = { expression: 'at(2026-11-23T09:00:00)', timezone: 'Asia/Shanghai' };
const ONCE_AT = Date.parse('2026-11-23T01:00:00Z');

function campaign(given: Partial<Campaign> = {}): Campaign {
  return {
    id: 'cmp_1',
    name: 'Autumn',
    templateId: 'template',
    data: {},
    miniprogramState: 'formal',
    lang: 'zh_CN',
    fit: false,
    audience: { type: 'grantees' },
    status: 'active',
    createdAtMs: NOW,
    updatedAtMs: NOW,
    ...given,
  };
}

/** A table and an EventBridge in memory, and everything around them. */
function world(...campaigns: Campaign[]) {
  const table = new Map<string, Versioned<Campaign>>();
  const booked = new Map<string, CampaignSchedule | 'other'>();
  const log: string[] = [];
  const runs = new Set<number>();
  const state = { nowMs: NOW, refuses: false, fails: false, writes: 0, beforeWrite: () => {} };
  let version = 0;
  const save = (value: Campaign) => table.set(value.id, { value, version: `v${++version}` });
  campaigns.forEach(save);
  const store: CampaignStore = {
    load: async (id) => table.get(id),
    list: async () => ({ items: [...table.values()] }),
    create: async () => 'committed',
    async put({ value, version: read }) {
      if (table.get(value.id)?.version !== read) return 'conflict';
      save(value);
      return 'committed';
    },
    recipientsOf: async () => [],
    putRecipients: async () => 'committed',
    async erase(id) {
      table.delete(id);
      return 'erased';
    },
  };
  const schedules: ScheduleGateway = {
    campaignIds: async () => [...booked.keys()],
    async read(id) {
      if (state.fails) throw new Error('EventBridge is down');
      return booked.get(id);
    },
    async write(id, schedule) {
      state.writes += 1;
      if (state.refuses) return { type: 'refused', reason: 'Invalid Schedule Expression' };
      const { beforeWrite } = state;
      state.beforeWrite = () => {};
      beforeWrite();
      booked.set(id, schedule);
      return { type: 'written' };
    },
    async remove(id) {
      booked.delete(id);
    },
  };
  const services = {
    store,
    schedules,
    hasRun: async (_: string, atMs: number) => runs.has(atMs),
    startScheduled: async (_: string, atMs: number) => void runs.add(atMs),
    clock: () => state.nowMs,
    logger: {
      info: () => {},
      warn: (line: string) => void log.push(line),
      error: (line: string) => void log.push(line),
    },
  };
  return { state, table, booked, runs, log, save, services };
}

const reconcile = ({ services, state }: ReturnType<typeof world>) =>
  reconcileCampaigns(services, state.nowMs + MINUTE);

describe('EventBridge is made to hold what the table says', () => {
  it('a schedule that is missing is written', async () => {
    const { services, booked } = world(campaign({ schedule: DAILY }));
    expect(await syncSchedule(services, 'cmp_1')).toEqual({ type: 'changed' });
    expect(booked.get('cmp_1')).toEqual(DAILY);
    expect(await syncSchedule(services, 'cmp_1')).toEqual({ type: 'in-sync' });
  });

  it.each<[string, Partial<Campaign>]>([
    ['has none', {}],
    ['is paused', { schedule: DAILY, status: 'paused' }],
    ['has ended', { schedule: DAILY, status: 'ended' }],
    ['is being deleted', { schedule: DAILY, deletedAtMs: NOW }],
  ])('a schedule is taken out when the campaign %s', async (_, given) => {
    const { services, booked } = world(campaign(given));
    booked.set('cmp_1', DAILY);
    expect(await syncSchedule(services, 'cmp_1')).toEqual({ type: 'changed' });
    expect(booked.size).toBe(0);
  });

  it.each<[string, CampaignSchedule | 'other']>([
    ['another expression', { ...DAILY, expression: 'cron(0 10 * * ? *)' }],
    ['another time zone', { ...DAILY, timezone: 'Europe/London' }],
    ['a first run', { ...DAILY, startsAtMs: NOW }],
    ['something that is not ours', 'other'],
  ])('%s is written over', async (_, wrong) => {
    const { services, booked } = world(campaign({ schedule: DAILY }));
    booked.set('cmp_1', wrong);
    await syncSchedule(services, 'cmp_1');
    expect(booked.get('cmp_1')).toEqual(DAILY);
  });

  it('a rate goes on in its series, and is not begun anew', async () => {
    const startsAtMs = NOW - 30 * MINUTE;
    const schedule = { expression: 'rate(1 hour)', timezone: 'UTC', startsAtMs };
    const { services, booked, state } = world(campaign({ schedule }));
    await syncSchedule(services, 'cmp_1');
    expect(booked.get('cmp_1')).toEqual({ ...schedule, startsAtMs: NOW + 30 * MINUTE });
    state.nowMs += 90 * MINUTE;
    expect(await syncSchedule(services, 'cmp_1')).toEqual({ type: 'in-sync' });
    booked.set('cmp_1', { ...schedule, startsAtMs: startsAtMs + MINUTE });
    expect(await syncSchedule(services, 'cmp_1')).toEqual({ type: 'changed' });
  });

  it('whoever writes an older version last sees the newer and writes once more', async () => {
    const { services, booked, state, save } = world(campaign({ schedule: DAILY }));
    const later = { ...DAILY, expression: 'cron(0 18 * * ? *)' };
    state.beforeWrite = () => {
      save(campaign({ schedule: later }));
      booked.set('cmp_1', later);
    };
    await syncSchedule(services, 'cmp_1');
    expect(booked.get('cmp_1')).toEqual(later);
  });

  it('what EventBridge refuses is answered', async () => {
    const { services, state, log } = world(campaign({ schedule: DAILY }));
    state.refuses = true;
    expect(await syncSchedule(services, 'cmp_1')).toEqual({
      type: 'refused',
      reason: 'Invalid Schedule Expression',
    });
    expect(log).toHaveLength(1);
  });
});

describe('a campaign of one moment', () => {
  const once = campaign({ schedule: ONCE });
  const statusOf = ({ table }: ReturnType<typeof world>) => table.get('cmp_1')?.value.status;

  it('keeps its schedule while its run is starting', async () => {
    const w = world(once);
    await reconcile(w);
    w.state.nowMs = ONCE_AT + 2 * MINUTE;
    expect(await reconcile(w)).toEqual({ campaigns: 1, repaired: 0, started: 0 });
    expect([w.booked.size, statusOf(w)]).toEqual([1, 'active']);
  });

  it('has ended, and its schedule is gone, once its run has begun', async () => {
    const w = world(once);
    await reconcile(w);
    w.runs.add(ONCE_AT);
    w.state.nowMs = ONCE_AT + 6 * MINUTE;
    expect(await reconcile(w)).toEqual({ campaigns: 1, repaired: 1, started: 0 });
    expect([w.booked.size, statusOf(w)]).toEqual([0, 'ended']);
  });

  it('whose run was missed is started late, for the moment that it stands for', async () => {
    const w = world(once);
    w.state.nowMs = ONCE_AT + 6 * MINUTE;
    expect(await reconcile(w)).toMatchObject({ started: 1 });
    expect([...w.runs]).toEqual([ONCE_AT]);
    expect(w.log[0]).toContain('did not start in time');
    expect(statusOf(w)).toBe('ended');
  });

  it('stays as it is while its missed run cannot be started', async () => {
    const w = world(once);
    w.state.nowMs = ONCE_AT + 6 * MINUTE;
    w.services.startScheduled = async () => {
      throw new Error('SQS is down');
    };
    await reconcile(w);
    expect(statusOf(w)).toBe('active');
  });

  it('is given up an hour after its moment', async () => {
    const w = world(once);
    w.state.nowMs = ONCE_AT + 61 * MINUTE;
    await reconcile(w);
    expect([w.runs.size, w.booked.size, statusOf(w)]).toEqual([0, 0, 'ended']);
  });

  it('does not send late what was paused at its moment', async () => {
    const w = world(once);
    w.state.nowMs = ONCE_AT + 10 * MINUTE;
    w.save({ ...once, updatedAtMs: w.state.nowMs });
    await reconcile(w);
    expect([w.runs.size, statusOf(w)]).toEqual([0, 'ended']);
  });
});

describe('a run of a recurring schedule that was missed', () => {
  const daily = campaign({ schedule: DAILY, updatedAtMs: NOW - 1 });
  const NINE = Date.parse('2026-11-23T01:00:00Z');

  it.each<[string, number, number[]]>([
    ['four minutes late is left to EventBridge', 4, []],
    ['five minutes late is started', 5, [NINE]],
    ['an hour late is started', 59, [NINE]],
    ['more than an hour late is given up', 61, []],
  ])('%s', async (_, minutes, expected) => {
    const w = world(daily);
    w.state.nowMs = NINE + minutes * MINUTE;
    await reconcile(w);
    await reconcile(w);
    expect([...w.runs]).toEqual(expected);
    expect(w.table.get('cmp_1')?.value.status).toBe('active');
  });

  it('of which several were missed is started once, for the latest', async () => {
    const w = world(campaign({ schedule: { expression: 'cron(0/10 * * * ? *)', timezone: 'UTC' } }));
    w.state.nowMs = NOW + 57 * MINUTE;
    expect(await reconcile(w)).toMatchObject({ started: 1 });
    expect([...w.runs]).toEqual([NOW + 50 * MINUTE]);
  });
});

describe('the reconciliation', () => {
  it('repairs every difference, and then finds none', async () => {
    const w = world(
      campaign({ id: 'cmp_missing', schedule: DAILY }),
      campaign({ id: 'cmp_wrong', schedule: DAILY }),
      campaign({ id: 'cmp_paused', schedule: DAILY, status: 'paused' }),
      campaign({ id: 'cmp_right', schedule: DAILY }),
      campaign({ id: 'cmp_none' }),
    );
    w.booked.set('cmp_wrong', ONCE);
    w.booked.set('cmp_paused', DAILY);
    w.booked.set('cmp_right', DAILY);
    w.booked.set('cmp_gone', DAILY);
    expect(await reconcile(w)).toEqual({ campaigns: 5, repaired: 4, started: 0 });
    expect([...w.booked.keys()].toSorted()).toEqual(['cmp_missing', 'cmp_right', 'cmp_wrong']);
    expect(await reconcile(w)).toEqual({ campaigns: 3, repaired: 0, started: 0 });
  });

  it('finishes deletions', async () => {
    const w = world(campaign({ schedule: DAILY, deletedAtMs: NOW }));
    w.booked.set('cmp_1', DAILY);
    await reconcile(w);
    expect([w.table.size, w.booked.size]).toEqual([0, 0]);
  });

  it('is not stopped by one campaign that fails', async () => {
    const w = world(campaign({ id: 'cmp_1', schedule: DAILY }), campaign({ id: 'cmp_2', schedule: DAILY }));
    const { read } = w.services.schedules;
    w.services.schedules.read = async (id) => {
      if (id === 'cmp_1') throw new Error('EventBridge is down');
      return read(id);
    };
    expect(await reconcile(w)).toEqual({ campaigns: 2, repaired: 1, started: 0 });
    expect([...w.booked.keys()]).toEqual(['cmp_2']);
    expect(w.log).toHaveLength(1);
  });
});
