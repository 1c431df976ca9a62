import { randomUUID } from 'node:crypto';
import { type Stack, startStack } from '../local/stack/stack.ts';
import { type Capacity, createCapacityMeter } from './capacity-meter.ts';
import type { Figure } from './figures.ts';
import type { MeasureOptions } from './options.ts';
import { TEMPLATE } from './senders/message.ts';
import { QUIET, stackClient } from './stack-client.ts';
import { type Total, type UnitsOfKind, unitsOf } from './units-of.ts';
import { MUST_OF_WAITING, waitingKinds } from './units-of-waiting.ts';

/** US East (N. Virginia), on demand, standard table class: https://aws.amazon.com/dynamodb/pricing/on-demand/, since 2024-11-01. */
const PRICE = { writesPerMillionUsd: 0.625, readsPerMillionUsd: 0.125 } as const;

/** What a million of them cost for reads and writes. */
export function usdPerMillion({ writeUnits, readUnits }: Pick<Capacity, 'writeUnits' | 'readUnits'>): number {
  return writeUnits * PRICE.writesPerMillionUsd + readUnits * PRICE.readsPerMillionUsd;
}

const EACH = 40;
/** Enough that the dispatcher's cursors, eight writes in a minute at the most, do not count. */
const BOOKED = 2_000;
const RECIPIENTS = 1_000;
const HOUR_MS = 3_600_000;
const MUST: Readonly<Record<string, number>> = {
  'message now': 3,
  'message now, with an idempotency key': 4,
  'message timed (over 15 minutes ahead)': 4,
  'grant report, first of a user': 3,
  'grant report, later ones': 2,
  'campaign recipient': 1.12,
  'statistics and events of a message, each alone': 2.5,
  'statistics and events of a grant report, each alone': 2.5,
  ...MUST_OF_WAITING,
};

/** Measures what each kind uses, from accepting to the end, over the local stack; the capacity is what the engine says was consumed. */
async function unitsByKind(): Promise<readonly UnitsOfKind[]> {
  const meter = createCapacityMeter();
  const plain = await withStack({}, (stack, jump) => ownKinds(stack, jump, meter.total));
  const waiting = await withStack({}, (stack, jump) => waitingKinds(stack, jump, meter.total));
  const followed = await withStack({ followChanges: true, gatherChanges: true }, (stack) =>
    countedKinds(stack, meter.total),
  );
  const pushed = await withStack({ pushEvents: { delayMs: 0 } }, (stack) => pushedKinds(stack, meter.total));
  const of = (kinds: readonly UnitsOfKind[], kind: string) => kinds.find((one) => one.kind === kind) ?? NONE;
  // What follows the stream reads nothing of the table; senders that meet read a little more or less, which is not its doing.
  const statistics = (what: string, kind: string): UnitsOfKind[] =>
    (
      [
        ['each alone', alone(kind)],
        ['forty at once', atOnce(kind)],
      ] as const
    ).map(([how, name]) => ({
      ...less(`statistics and events of a ${what}, ${how}`, of(followed, name), of(plain, kind)),
      readUnits: 0,
    }));
  return [
    ...plain,
    ...waiting,
    ...statistics('message', NOW),
    ...statistics('grant report', REPORT),
    less("WeChat's event: sent", of(pushed, NOW), of(plain, NOW)),
    { ...of(pushed, POPUP), kind: POPUP },
  ];
}

const NONE: UnitsOfKind = { kind: '', writeUnits: Number.NaN, readUnits: Number.NaN, calls: Number.NaN };
const NOW = 'message now';
const REPORT = 'grant report, first of a user';
const POPUP = "WeChat's event: popup, first of a user";
const alone = (kind: string) => `${kind}, each alone`;
const atOnce = (kind: string) => `${kind}, at once`;

function less(kind: string, more: UnitsOfKind, base: UnitsOfKind): UnitsOfKind {
  return {
    kind,
    writeUnits: more.writeUnits - base.writeUnits,
    readUnits: more.readUnits - base.readUnits,
    calls: more.calls - base.calls,
  };
}

async function withStack<T>(
  options: Parameters<typeof startStack>[0],
  use: (stack: Stack, jump: (ms: number) => void) => Promise<T>,
): Promise<T> {
  let aheadMs = 0;
  const stack = await startStack({
    logger: QUIET,
    templates: [TEMPLATE],
    dispatchEverySeconds: 0,
    clock: () => Date.now() + aheadMs,
    ...options,
  });
  try {
    return await use(stack, (ms) => {
      aheadMs += ms;
    });
  } finally {
    await stack.close();
  }
}

async function ownKinds(stack: Stack, jump: (ms: number) => void, total: Total): Promise<UnitsOfKind[]> {
  const service = stackClient(stack);
  const kind = (name: string) => ({ kind: name, stack, total });
  const grantees = async (count = EACH) => {
    const openids: string[] = [];
    for (let n = 0; n < count; n++) openids.push(await service.grantee());
    return openids;
  };
  // The access token and the templates are fetched once, by nobody in particular.
  await service.send(await service.grantee());
  await stack.idle();
  const strangers = Array.from({ length: EACH }, () => service.tap());
  const kinds = [
    await unitsOf(kind(NOW), await grantees(), (to) => service.send(to)),
    await unitsOf(kind('message now, with an idempotency key'), await grantees(), (to) =>
      service.send(to, {}, randomUUID()),
    ),
    await unitsOf(kind(REPORT), strangers, service.report),
    await unitsOf(kind('grant report, later ones'), strangers, async (openid) =>
      service.report(service.tap(openid)),
    ),
    await unitsOf(
      kind('message timed (within 15 minutes)'),
      await grantees(),
      (to) => service.send(to, { sendAt: new Date(Date.now() + 1_000).toISOString() }),
      // The note is on its way for a second and a half.
      () => stack.idle({ dueWithinMs: 5_000 }),
    ),
    await unitsOf(
      kind('message timed (over 15 minutes ahead)'),
      await grantees(BOOKED),
      (to) => service.send(to, { sendAt: new Date(Date.now() + HOUR_MS).toISOString() }),
      async () => {
        jump(HOUR_MS + 1_000);
        await stack.dispatchNow();
      },
    ),
  ];
  // Those who are left with a grant by now are recipients too.
  await grantees(RECIPIENTS);
  const recipients = Array.from({ length: RECIPIENTS + EACH });
  const campaign = await unitsOf(
    kind('campaign recipient'),
    recipients,
    async () => undefined,
    () => service.startRun(),
  );
  return [...kinds, campaign];
}

/** Each alone, when all has settled before the next comes, and all at once, which shares what can be shared. */
async function countedKinds(stack: Stack, total: Total): Promise<UnitsOfKind[]> {
  const service = stackClient(stack);
  const strangers = () => Array.from({ length: EACH }, () => service.tap());
  await service.send(await service.grantee());
  const each = (kind: string, openids: readonly string[], work: (openid: string) => Promise<unknown>) =>
    unitsOf({ kind: alone(kind), stack, total }, openids, async (openid) => {
      await work(openid);
      await stack.idle();
    });
  const all = async (kind: string, openids: readonly string[], work: (openid: string) => Promise<unknown>) =>
    unitsOf(
      { kind: atOnce(kind), stack, total },
      openids,
      async () => undefined,
      () => Promise.all(openids.map(work)),
    );
  const [few, many] = [strangers(), strangers()];
  return [
    await each(REPORT, few, service.report),
    await each(NOW, few, (to) => service.send(to)),
    await all(REPORT, many, service.report),
    await all(NOW, many, (to) => service.send(to)),
  ];
}

async function pushedKinds(stack: Stack, total: Total): Promise<UnitsOfKind[]> {
  const service = stackClient(stack);
  await service.send(await service.grantee());
  const openids = Array.from({ length: EACH }, () => service.wechat.createUser());
  const popup = await unitsOf({ kind: POPUP, stack, total }, openids, async (openid) => service.tap(openid));
  return [popup, await unitsOf({ kind: NOW, stack, total }, openids, (to) => service.send(to))];
}

/** The units of each kind as figures, with their price. */
export async function measureUnits({ print }: MeasureOptions): Promise<readonly Figure[]> {
  print(`  ${EACH} of each kind, a campaign to ${RECIPIENTS} ...`);
  const kinds = await unitsByKind();
  return kinds.flatMap((units): Figure[] => {
    const atMost = MUST[units.kind];
    return [
      {
        part: 'write units',
        name: units.kind,
        value: units.writeUnits,
        unit: 'WRU',
        ...(atMost !== undefined && { must: { atMost } }),
      },
      { part: 'read units', name: units.kind, value: units.readUnits, unit: 'RRU' },
      { part: 'price', name: `${units.kind}, a million`, value: usdPerMillion(units), unit: 'USD' },
    ];
  });
}
