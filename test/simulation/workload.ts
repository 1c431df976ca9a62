import type { TemplateKind } from '../../lib/grants/ledger.ts';
import type { AcceptRequest } from '../../lib/messages/accept-message.ts';
import type { Chance } from './chance.ts';
import type { Report } from './functions.ts';

/** A template of the account. */
export interface SimulatedTemplate {
  readonly templateId: string;
  readonly kind: Exclude<TemplateKind, 'unknown'>;
}

/** What a person or a program does at some moment. */
export type Deed =
  | { readonly type: 'report'; readonly report: Report; readonly calls: number; readonly popup: boolean }
  | {
      readonly type: 'accept';
      /** Messages to one user. */
      readonly requests: readonly Omit<AcceptRequest, 'sendAtMs'>[];
      readonly inMs?: number;
      readonly calls: number;
    }
  | { readonly type: 'cancel'; readonly which: number }
  | { readonly type: 'erase'; readonly openid: string; readonly calls: number }
  | {
      readonly type: 'turn-off';
      readonly openid: string;
      readonly templateId: string;
      readonly howMany: number | 'all';
    };

/** A deed and its moment, counted from the start. */
export interface PlannedDeed {
  readonly atMs: number;
  readonly deed: Deed;
}

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

/** All that happens in one world. */
export interface Workload {
  readonly templates: readonly SimulatedTemplate[];
  readonly deeds: readonly PlannedDeed[];
  readonly horizonMs: number;
}

/** Draws a workload: a few users and templates, some traffic, now and then a crowd at one user. */
export function drawWorkload(chance: Chance, most: number): Workload {
  const users = Array.from({ length: chance.pick([1, 1, 2, 3]) }, (_, index) => `user${index}`);
  const templates: SimulatedTemplate[] = [{ templateId: 'once', kind: 'one-time' }];
  if (chance.happens(0.3)) templates.push({ templateId: 'twice', kind: 'one-time' });
  if (chance.happens(0.2)) templates.push({ templateId: 'long', kind: 'long-term' });
  const horizonMs = chance.pick([500, 2_000, 30_000, 2 * MINUTE_MS, 60 * MINUTE_MS]);
  const deeds = Array.from({ length: 3 + chance.between(1, most) }, (_, index) => ({
    // Grants tend to come before the messages that need them.
    atMs: chance.between(0, index < 4 ? horizonMs / 4 : horizonMs),
    deed: index < 3 ? drawReport(chance, users, templates, index) : drawDeed(chance, users, templates, index),
  }));
  return { templates, deeds, horizonMs };
}

function drawDeed(
  chance: Chance,
  users: readonly string[],
  templates: readonly SimulatedTemplate[],
  index: number,
): Deed {
  const roll = chance.next();
  if (roll < 0.25) return drawReport(chance, users, templates, index);
  if (roll < 0.8) return drawAccept(chance, users, templates, index);
  if (roll < 0.92) return { type: 'cancel', which: chance.between(0, 1_000) };
  if (roll < 0.95) {
    return { type: 'erase', openid: chance.pick(users), calls: chance.happens(0.2) ? 2 : 1 };
  }
  const { templateId } = chance.pick(templates);
  return {
    type: 'turn-off',
    openid: chance.pick(users),
    templateId,
    howMany: chance.pick([1, 2, 'all', 'all'] as const),
  };
}

function drawReport(
  chance: Chance,
  users: readonly string[],
  templates: readonly SimulatedTemplate[],
  index: number,
): Deed {
  const asked = templates.filter((_, at) => at === 0 || chance.happens(0.6));
  const results = Object.fromEntries(asked.map(({ templateId }) => [templateId, chance.pick(STATUSES)]));
  // Of four reports one takes a popup for none, and one was answered without a popup.
  const silent = index % 4 >= 2 ? Object.keys(results) : [];
  const report = { openid: chance.pick(users), requestId: `report${index}`, report: { results, silent } };
  const calls = chance.happens(0.3) ? chance.between(2, 4) : 1;
  return { type: 'report', report, calls, popup: index % 4 < 3 };
}

function drawAccept(
  chance: Chance,
  users: readonly string[],
  templates: readonly SimulatedTemplate[],
  index: number,
): Deed {
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
  return {
    type: 'accept',
    calls: withKey && chance.happens(0.3) ? chance.between(2, 3) : 1,
    ...(inMs === undefined ? {} : { inMs }),
    requests: Array.from({ length: chance.happens(0.1) ? chance.between(2, 4) : 1 }, (_, part) => ({
      openid,
      templateId,
      templateKind: chance.happens(0.9) ? kind : ('unknown' as const),
      data: { thing1: `message ${index}` },
      fitted: [],
      miniprogramState: 'formal' as const,
      lang: 'zh_CN' as const,
      hold: chance.happens(0.75),
      ...(withKey && {
        idempotency: { scope, key: part > 1 ? `${key} ${part}` : key, bodyHash: `body ${index}` },
      }),
    })),
  };
}
