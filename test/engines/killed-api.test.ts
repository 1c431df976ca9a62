import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createChance } from '../simulation/chance.ts';
import { expectPromisesKept } from './promises.ts';
import type { ServiceProcess } from './service-process-handle.ts';
import { inLanes, type Reply, TEMPLATES, useWorld } from './world.ts';

/*
 * The process that serves the API is killed by SIGKILL while it accepts messages, and started again over the same table and
 * queue. Callers do what callers shall do: they repeat what was not answered, with the same idempotency key. Whatever was
 * answered 202 must be there afterwards, under the id that was answered, and go out once.
 */
const KILLS = 3;
const USERS = 20;
const SINGLE_MESSAGES = 60;
const BATCHES = 4;
const BATCH_SIZE = 20;

test('the API dies while it accepts messages: nothing answered 202 is lost, nothing is accepted twice', async ({
  annotate,
}) => {
  const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 1_000_000));
  await annotate(`seed ${seed}`);
  const chance = createChance(seed);
  const world = await useWorld();
  // Each user holds as many grants as orders come for them: whatever a repeat took twice would be missing at the end.
  const grants = (SINGLE_MESSAGES + BATCHES * BATCH_SIZE) / USERS / TEMPLATES.length;
  const users = await inLanes(Array.from({ length: USERS }), 8, () => world.useUser(Math.ceil(grants)));
  const orders = Array.from({ length: SINGLE_MESSAGES + BATCHES * BATCH_SIZE }, (_, n) => ({
    key: `order-${n}`,
    body: {
      to: users[n % USERS],
      templateId: TEMPLATES[Math.floor(n / USERS) % TEMPLATES.length],
      data: { thing1: `第${n}件` },
    },
  }));

  let api = await world.start('api');
  let callersAtWork = true;
  const idsOf = new Map<string, Set<string>>();
  let unanswered = 0;
  const answered = (key: string, id: string) => idsOf.set(key, (idsOf.get(key) ?? new Set()).add(id));

  /** Repeats until an answer comes, as a caller does whose connection broke. */
  async function untilAnswered(path: string, body: unknown, idempotencyKey?: string): Promise<Reply> {
    for (;;) {
      try {
        return await world.call('POST', path, body, {
          apiUrl: api.apiUrl,
          ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
        });
      } catch {
        unanswered++;
        await sleep(100);
      }
    }
  }

  async function sendSingly(): Promise<void> {
    await inLanes(orders.slice(0, SINGLE_MESSAGES), 6, async ({ key, body }) => {
      const reply = await untilAnswered('/v1/messages', body, key);
      expect([200, 202], JSON.stringify(reply.body)).toContain(reply.status);
      answered(key, reply.body.id);
    });
  }

  async function sendInBatches(): Promise<void> {
    for (let n = SINGLE_MESSAGES; n < orders.length; n += BATCH_SIZE) {
      const batch = orders.slice(n, n + BATCH_SIZE);
      const messages = batch.map(({ key, body }) => ({ ...body, idempotencyKey: key }));
      const reply = await untilAnswered('/v1/messages/batch', { messages });
      expect(reply.status, JSON.stringify(reply.body)).toBe(202);
      for (const { index, message, problem } of reply.body.items) {
        expect(problem).toBeUndefined();
        answered(messages[index]?.idempotencyKey ?? '', message.id);
      }
    }
  }

  async function killAgainAndAgain(): Promise<void> {
    for (let kill = 0; kill < KILLS && callersAtWork; kill++) {
      await untilAnswers(idsOf, chance.between(2, 15));
      await sleep(chance.between(0, 40));
      const dead: ServiceProcess = api;
      await dead.kill();
      api = await world.start('api');
    }
  }

  const killing = killAgainAndAgain();
  await Promise.all([sendSingly(), sendInBatches()]).finally(() => {
    callersAtWork = false;
  });
  await killing;
  // Told again, every order is still the same message.
  for (const { key, body } of orders.slice(0, 10)) {
    const reply = await untilAnswered('/v1/messages', body, key);
    expect(reply.status).toBe(200);
    answered(key, reply.body.id);
  }
  await world.drain();

  expect(idsOf.size).toBe(orders.length);
  expect([...idsOf.values()].filter((ids) => ids.size !== 1)).toEqual([]);
  const accepted = [...idsOf.values()].flatMap((ids) => [...ids]);
  const grantsOf = () => Math.ceil(grants);
  const ended = await expectPromisesKept(world, { accepted, users, grantsOf, killedAtMs: [] });
  expect(ended).toEqual({ sent: orders.length });
  const listed = await inLanes(users, 8, (openid) => world.call('GET', `/v1/messages?openid=${openid}`));
  expect(listed.flatMap(({ body }) => body.items.map(({ id }: { id: string }) => id)).sort()).toEqual(
    accepted.sort(),
  );
  await annotate(`${orders.length} orders; ${unanswered} requests without an answer`);
  expect(world.complaints()).toBe('');
  expect(unanswered).toBeGreaterThan(0);
}, 90_000);

/** Resolves once so many more orders were answered, or when none are any more. */
async function untilAnswers(answers: ReadonlyMap<string, unknown>, count: number): Promise<void> {
  const goal = answers.size + count;
  const deadline = performance.now() + 3_000;
  while (answers.size < goal && performance.now() < deadline) await sleep(3);
}
