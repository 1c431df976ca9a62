import type { Device } from '../../lib/grants/grant-key.ts';
import type { TemplateKind } from '../../lib/grants/ledger.ts';
import type { AcceptRequest } from '../../lib/messages/decide-acceptance.ts';
import type { Control, Report } from './app-functions.ts';
import type { Chance } from './chance.ts';

/** A template of the account. */
export interface SimulatedTemplate {
  readonly templateId: string;
  readonly kind: Exclude<TemplateKind, 'unknown'>;
}

/** What a person or a program does at some moment. Runs of the one campaign are numbered. */
export type Deed =
  | { readonly type: 'report'; readonly report: Report; readonly calls: number; readonly popup: boolean }
  | {
      readonly type: 'accept';
      /** Messages to one user. */
      readonly requests: readonly Omit<AcceptRequest, 'sendAtMs' | 'expiresAtMs'>[];
      readonly inMs?: number;
      /** Counted from when they are to leave. */
      readonly expireInMs?: number;
      readonly calls: number;
    }
  | { readonly type: 'cancel'; readonly which: number }
  | { readonly type: 'erase'; readonly openid: string; readonly calls: number }
  | {
      readonly type: 'turn-off';
      readonly openid: string;
      readonly templateId: string;
      readonly howMany: number | 'all';
    }
  /**
   * The trigger of a run is delivered; of one for those whom another run failed to reach, where `ofRun` is
   * given.
   */
  | { readonly type: 'start'; readonly run: number; readonly ofRun?: number }
  | { readonly type: Control; readonly run: number };

/** A deed and its moment, counted from the start. */
export interface PlannedDeed {
  readonly atMs: number;
  readonly deed: Deed;
}

/** All that happens in one world. */
export interface Workload {
  readonly templates: readonly SimulatedTemplate[];
  /** What users granted before the world begins, told by their phones without trouble. */
  readonly granted: Readonly<Record<string, number>>;
  readonly deeds: readonly PlannedDeed[];
  readonly horizonMs: number;
}

/** The template that everybody is asked for, which the campaign sends too. */
export const ONCE: SimulatedTemplate = { templateId: 'once', kind: 'one-time' };

/** The devices of every user. */
export const DEVICES: readonly Device[] = [
  { sn: 'tank', modelId: 'm1' },
  { sn: 'lock', modelId: 'm2' },
];

const MINUTE_MS = 60_000;
const STATUSES = [
  'accept',
  'accept',
  'accept',
  'accept',
  'accept',
  'accept',
  'acceptWithAudio',
  'reject',
  'ban',
  'filter',
];

/**
 * Draws a workload: a few users and templates, messages to them, runs of a campaign to the same ones, or
 * both.
 */
export function drawWorkload(chance: Chance, most: number, runs: boolean): Workload {
  const count = runs ? chance.between(1, chance.pick([3, 8])) : chance.pick([1, 1, 2, 3]);
  const users = Array.from({ length: count }, (_, index) => `user${index}`);
  const templates = [ONCE];
  if (chance.happens(runs ? 0.1 : 0.3)) templates.push({ templateId: 'twice', kind: 'one-time' });
  if (chance.happens(runs ? 0.1 : 0.2)) templates.push({ templateId: 'long', kind: 'long-term' });
  if (chance.happens(runs ? 0.05 : 0.2)) templates.push({ templateId: 'limited', kind: 'limited' });
  if (chance.happens(runs ? 0.05 : 0.2)) templates.push({ templateId: 'device', kind: 'device' });
  const horizonMs = chance.pick([500, 2_000, 30_000, 2 * MINUTE_MS, 60 * MINUTE_MS]);
  const draw = { chance, users, templates };
  const granted = Object.fromEntries(users.map((user) => [user, runs ? chance.between(0, 3) : 0]));
  const reports = runs ? 0 : 3;
  const deeds = Array.from({ length: reports + chance.between(runs ? 0 : 1, most) }, (_, index) => ({
    // Grants tend to come before the messages that need them.
    atMs: chance.between(0, index < reports + 1 ? horizonMs / 4 : horizonMs),
    deed: index < reports ? drawReport(draw, index) : drawDeed(draw, index),
  }));
  const all = runs ? [...deeds, ...drawRuns(draw, horizonMs)] : deeds;
  return { templates, granted, deeds: all, horizonMs };
}

interface Draw {
  readonly chance: Chance;
  readonly users: readonly string[];
  readonly templates: readonly SimulatedTemplate[];
}

/**
 * A run or several, some of which pause or are stopped, on the way or all at once. Now and then a user is
 * erased as that happens.
 */
function drawRuns(draw: Draw, horizonMs: number): PlannedDeed[] {
  const { chance } = draw;
  const startMs = chance.between(0, Math.min(horizonMs, 5_000));
  const deeds: PlannedDeed[] = [];
  const add = (atMs: number, deed: Deed) => deeds.push({ atMs, deed });
  const soon = () => startMs + chance.between(-100, chance.pick([600, 3_000, 95_000]));
  add(startMs, { type: 'start', run: 0 });
  if (chance.happens(0.5)) add(soon(), { type: 'start', run: 0 });
  if (chance.happens(0.3)) add(soon(), { type: 'start', run: 1 });
  if (chance.happens(0.3)) add(soon() + 30_000, { type: 'start', run: 2, ofRun: 0 });
  for (let pauses = chance.pick([0, 0, 1, 2]); pauses > 0; pauses--) {
    const atMs = soon();
    add(atMs, { type: 'pause', run: 0 });
    add(atMs + chance.pick([1, 300, 5_000, 2 * MINUTE_MS]), { type: 'resume', run: 0 });
    if (chance.happens(0.2)) add(atMs + chance.between(0, 2_000), drawErase(draw));
  }
  if (chance.happens(0.15)) {
    const atMs = soon();
    add(atMs, { type: 'stop', run: 0 });
    if (chance.happens(0.3)) add(atMs + chance.between(0, 2_000), drawErase(draw));
  }
  return deeds;
}

function drawDeed(draw: Draw, index: number): Deed {
  const { chance, users, templates } = draw;
  const roll = chance.next();
  if (roll < 0.25) return drawReport(draw, index);
  if (roll < 0.8) return drawAccept(draw, index);
  if (roll < 0.91) return { type: 'cancel', which: chance.between(0, 1_000) };
  if (roll < 0.95) return drawErase(draw);
  const { templateId } = chance.pick(templates);
  return {
    type: 'turn-off',
    openid: chance.pick(users),
    templateId,
    howMany: chance.pick([1, 2, 'all', 'all'] as const),
  };
}

function drawErase({ chance, users }: Draw): Deed {
  return { type: 'erase', openid: chance.pick(users), calls: chance.happens(0.2) ? 2 : 1 };
}

/** The popup about a device is one of its own. */
function drawDeviceReport({ chance, users }: Draw, asked: Draw['templates'], index: number): Deed {
  const results = Object.fromEntries(asked.map(({ templateId }) => [templateId, chance.pick(STATUSES)]));
  const devices = chance.happens(0.5) ? DEVICES : [chance.pick(DEVICES)];
  const openid = chance.pick(users);
  const report = { openid, requestId: `report${index}`, report: { results, silent: [], devices } };
  return { type: 'report', report, calls: chance.happens(0.3) ? 2 : 1, popup: chance.happens(0.5) };
}

function drawReport(draw: Draw, index: number): Deed {
  const { chance, users, templates } = draw;
  const ofDevices = templates.filter(({ kind }) => kind === 'device');
  if (ofDevices.length > 0 && chance.happens(0.4)) return drawDeviceReport(draw, ofDevices, index);
  const others = templates.filter(({ kind }) => kind !== 'device');
  const asked = others.filter((_, at) => at === 0 || chance.happens(0.6));
  const results = Object.fromEntries(asked.map(({ templateId }) => [templateId, chance.pick(STATUSES)]));
  // Of four reports one takes a popup for none, and one was answered without a popup.
  const silent = index % 4 >= 2 ? Object.keys(results) : [];
  const report = { openid: chance.pick(users), requestId: `report${index}`, report: { results, silent } };
  const calls = chance.happens(0.3) ? chance.between(2, 4) : 1;
  return { type: 'report', report, calls, popup: index % 4 < 3 };
}

function drawAccept({ chance, users, templates }: Draw, index: number): Deed {
  const { templateId, kind } = chance.pick(templates);
  const openid = chance.pick(users);
  const withKey = chance.happens(0.6);
  const scope = chance.happens(0.3) ? `user:${openid}` : 'operator:test';
  const key = chance.happens(0.85) ? `key${index}` : 'shared-key';
  const inMs = chance.pick([
    undefined,
    undefined,
    -5_000,
    1_500,
    20_000,
    4 * MINUTE_MS,
    14.9 * MINUTE_MS,
    16 * MINUTE_MS,
    40 * MINUTE_MS,
  ]);
  const expireInMs = chance.happens(0.3)
    ? chance.pick([1, 400, 2_000, 30_000, 5 * MINUTE_MS, 16 * MINUTE_MS, 60 * MINUTE_MS])
    : undefined;
  const device = kind === 'device' && { device: chance.pick(DEVICES) };
  const collapseKey = chance.happens(0.35) ? chance.pick(['digest', 'digest', 'news']) : undefined;
  return {
    type: 'accept',
    calls: withKey && chance.happens(0.3) ? chance.between(2, 3) : 1,
    ...(inMs === undefined ? {} : { inMs }),
    ...(expireInMs === undefined ? {} : { expireInMs }),
    requests: Array.from({ length: chance.happens(0.1) ? chance.between(2, 4) : 1 }, (_, part) => ({
      openid,
      templateId,
      templateKind: chance.happens(0.9) ? kind : ('unknown' as const),
      ...device,
      data: { thing1: `message ${index}` },
      fitted: [],
      miniprogramState: 'formal' as const,
      lang: 'zh_CN' as const,
      hold: chance.happens(0.75),
      ...(collapseKey !== undefined && { collapseKey }),
      ...(withKey && {
        idempotency: { scope, key: part > 1 ? `${key} ${part}` : key, bodyHash: `body ${index}` },
      }),
    })),
  };
}
