import type { Deed, PlannedDeed, Workload } from './workload.ts';

/** A short story that is run once for each moment at which a function in it can die. */
export interface Story {
  readonly name: string;
  readonly deeds: readonly PlannedDeed[];
  /** What users granted before the story begins. */
  readonly granted?: Workload['granted'];
  /** WeChat's first answers; after these it accepts what was granted. */
  readonly script?: readonly number[];
  /** Whether WeChat pushes events. */
  readonly pushes?: boolean;
  /** Calls that take effect late, by their name, in milliseconds. */
  readonly slow?: Readonly<Record<string, number>>;
  /** In how many apps of one stage the same happens. */
  readonly apps?: number;
}

const MINUTE_MS = 60_000;

function granted(openid: string, atMs = 0): PlannedDeed {
  const report = { openid, requestId: `report ${atMs}`, report: { results: { once: 'accept' }, silent: [] } };
  return { atMs, deed: { type: 'report', report, calls: 1, popup: true } };
}

interface Order {
  readonly inMs?: number;
  readonly expireInMs?: number;
  readonly hold?: boolean;
  readonly collapseKey?: string;
  /** How many in one batch. */
  readonly count?: number;
}

function ordered(openid: string, atMs: number, more: Order = {}): PlannedDeed {
  const { inMs, expireInMs, hold = true, collapseKey, count = 1 } = more;
  const deed: Deed = {
    type: 'accept',
    calls: 1,
    ...(inMs === undefined ? {} : { inMs }),
    ...(expireInMs === undefined ? {} : { expireInMs }),
    requests: Array.from({ length: count }, (_, part) => ({
      openid,
      templateId: 'once',
      templateKind: 'one-time',
      data: { thing1: 'text' },
      fitted: [],
      miniprogramState: 'formal',
      lang: 'zh_CN',
      hold,
      ...(collapseKey !== undefined && { collapseKey }),
      idempotency: { scope: 'operator:test', key: `${openid} ${atMs} ${part}`, bodyHash: 'body' },
    })),
  };
  return { atMs, deed };
}

function erased(openid: string, atMs: number): PlannedDeed {
  return { atMs, deed: { type: 'erase', openid, calls: 1 } };
}

const START: PlannedDeed = { atMs: 1_000, deed: { type: 'start', run: 0 } };

/** The stories, from one message to a crowd. */
export const STORIES: readonly Story[] = [
  { name: 'one message', deeds: [granted('anna'), ordered('anna', 1_000)] },
  {
    name: 'two messages to one user',
    deeds: [granted('anna'), granted('anna', 100), ordered('anna', 1_000), ordered('anna', 1_001)],
  },
  {
    name: 'a batch for three users',
    deeds: ['anna', 'bo', 'chen'].flatMap((openid) => [granted(openid), ordered(openid, 1_000)]),
  },
  {
    name: 'a reminder in half an hour',
    deeds: [granted('anna'), ordered('anna', 1_000, { inMs: 30 * MINUTE_MS })],
  },
  {
    name: 'a reminder that is canceled as it leaves',
    deeds: [
      granted('anna'),
      ordered('anna', 1_000, { inMs: 2_000 }),
      { atMs: 3_001, deed: { type: 'cancel', which: 0 } },
    ],
  },
  {
    name: 'a message that WeChat puts off for a minute',
    deeds: [granted('anna'), ordered('anna', 1_000)],
    script: [45011],
  },
  {
    name: "a message that WeChat puts off for the quota's day",
    deeds: [granted('anna'), ordered('anna', 1_000)],
    script: [45009],
  },
  {
    name: 'a message refused for its page',
    deeds: [granted('anna'), ordered('anna', 1_000)],
    script: [41030],
  },
  {
    name: 'a refusal that voids a booked reminder',
    deeds: [
      granted('anna'),
      granted('anna', 100),
      ordered('anna', 1_000, { inMs: 20 * MINUTE_MS }),
      ordered('anna', 2_000),
    ],
    script: [43101],
  },
  {
    name: 'a message that takes its grant as it leaves',
    deeds: [
      granted('anna'),
      ordered('anna', 1_000, { hold: false }),
      ordered('anna', 1_010, { hold: false }),
    ],
  },
  {
    name: 'three events of a digest, for one grant',
    deeds: [
      granted('anna'),
      ordered('anna', 1_000, { collapseKey: 'digest', inMs: 20 * MINUTE_MS }),
      ordered('anna', 2_000, { collapseKey: 'digest', inMs: 20 * MINUTE_MS }),
      ordered('anna', 3_000, { collapseKey: 'digest', inMs: 5_000 }),
    ],
  },
  {
    name: 'a batch of three with one collapse key',
    deeds: [granted('anna'), ordered('anna', 1_000, { collapseKey: 'digest', count: 3 })],
  },
  {
    name: 'three of one collapse key at the same moment, one of them asked for twice',
    deeds: [
      granted('anna'),
      ordered('anna', 1_000, { collapseKey: 'digest', inMs: MINUTE_MS }),
      ordered('anna', 1_000, { collapseKey: 'digest', inMs: MINUTE_MS }),
      ordered('anna', 1_001, { collapseKey: 'digest', inMs: MINUTE_MS }),
      ordered('anna', 1_002, { collapseKey: 'digest', hold: false }),
    ],
  },
  {
    name: "a message that takes the place of one that the quota's day holds back",
    deeds: [
      granted('anna'),
      ordered('anna', 1_000, { collapseKey: 'digest' }),
      ordered('anna', 2 * MINUTE_MS, { collapseKey: 'digest' }),
    ],
    script: [45009],
  },
  {
    name: 'a message that takes the place of another as that expires',
    deeds: [
      granted('anna'),
      ordered('anna', 1_000, { collapseKey: 'digest', inMs: 60_000, expireInMs: 1_000 }),
      ordered('anna', 62_000, { collapseKey: 'digest', hold: false }),
    ],
    script: [45009],
  },
  {
    name: 'a digest in two apps, whose user is erased in both and comes back',
    apps: 2,
    deeds: [
      granted('anna'),
      ordered('anna', 1_000, { collapseKey: 'digest', inMs: MINUTE_MS }),
      erased('anna', 1_500),
      granted('anna', 1_900),
      ordered('anna', 2_000, { collapseKey: 'digest' }),
    ],
  },
  {
    name: 'a message that would take the place of one that leaves just then',
    deeds: [
      granted('anna'),
      granted('anna', 100),
      ordered('anna', 1_000, { collapseKey: 'digest', inMs: 2_000 }),
      ordered('anna', 3_001, { collapseKey: 'digest' }),
    ],
    script: [45011],
  },
  {
    name: 'a message that expires in the minute for which WeChat puts it off',
    deeds: [granted('anna'), ordered('anna', 1_000, { expireInMs: 20_000 })],
    script: [45011],
  },
  {
    name: "a message that expires in the quota's day, and another that takes its grant",
    deeds: [
      granted('anna'),
      ordered('anna', 1_000, { expireInMs: 20 * MINUTE_MS }),
      ordered('anna', 22 * MINUTE_MS),
    ],
    script: [45009],
  },
  {
    name: 'a message and what WeChat says of it at last',
    deeds: [granted('anna'), ordered('anna', 1_000)],
    pushes: true,
  },
  {
    name: 'a user who is erased',
    deeds: [granted('anna'), ordered('anna', 1_000, { inMs: 1_000_000 }), erased('anna', 2_000)],
  },
  {
    name: 'a run for three recipients in two batches',
    granted: { ada: 1, cyd: 1, eve: 2 },
    deeds: [START],
  },
  {
    name: 'a run in which one is refused and one is put off',
    granted: { ada: 1, cyd: 1 },
    deeds: [START],
    script: [43101, 45011],
  },
  {
    name: 'a run that puts off who then has only a later grant, which a message takes',
    granted: { ada: 1 },
    deeds: [START, granted('ada', 2_000), ordered('ada', 5_000, { inMs: 20 * MINUTE_MS })],
    script: [45011],
    // So that the message comes before the result of the request.
    slow: { 'put results': 3_000 },
  },
  {
    name: 'a run that pauses and goes on',
    granted: { ada: 1, cyd: 1 },
    deeds: [
      START,
      { atMs: 1_060, deed: { type: 'pause', run: 0 } },
      { atMs: 5_000, deed: { type: 'resume', run: 0 } },
    ],
  },
  {
    name: 'a run and a message to the same user',
    granted: { ada: 2 },
    deeds: [START, ordered('ada', 1_030)],
  },
  {
    name: 'a run, what WeChat says of it at last, and a user who is erased',
    granted: { ada: 1, bo: 1 },
    deeds: [START, erased('ada', 1_100)],
    pushes: true,
  },
  {
    name: 'the same message in two apps',
    apps: 2,
    deeds: [granted('anna'), ordered('anna', 1_000)],
  },
  {
    name: 'the same reminder in two apps',
    apps: 2,
    deeds: [granted('anna'), ordered('anna', 1_000, { inMs: 30 * MINUTE_MS })],
  },
  {
    name: 'the same run in two apps, and a user who is erased in both',
    apps: 2,
    granted: { ada: 1 },
    deeds: [START, erased('ada', 1_100)],
    pushes: true,
  },
];
