import type { Chance } from '../chance.ts';
import { createChance } from '../chance.ts';
import { drawFaults, NO_FAULTS } from '../faults.ts';
import type { CampaignKernel } from './kernel.ts';
import { type CampaignDeed, type CampaignOutcome, runCampaignWorld } from './world.ts';

const MINUTE_MS = 60_000;
const NAMES = ['ada', 'bob', 'cyd', 'dee', 'eve', 'fay', 'gus', 'hal', 'ivy'] as const;

/** Draws a world from a seed and runs it. */
export function runCampaignSeed(
  kernel: CampaignKernel,
  seed: number,
  trace?: (line: string) => void,
): Promise<CampaignOutcome> {
  const chance = createChance(seed);
  const faults = drawFaults(chance, 0.3);
  const names = NAMES.slice(0, chance.between(2, NAMES.length));
  return runCampaignWorld({
    kernel,
    chance,
    faults,
    troubleMs: faults === NO_FAULTS ? 0 : chance.pick([20_000, MINUTE_MS, 4 * MINUTE_MS]),
    users: Object.fromEntries(names.map((name) => [name, chance.between(0, 3)])),
    deeds: drawDeeds(chance, names),
    generous: chance.happens(0.7),
    pageSize: chance.between(1, 4),
    ...(trace && { trace }),
  });
}

function drawDeeds(chance: Chance, names: readonly string[]): { atMs: number; deed: CampaignDeed }[] {
  const deeds: { atMs: number; deed: CampaignDeed }[] = [{ atMs: 5_000, deed: { type: 'start', run: 0 } }];
  const add = (atMs: number, deed: CampaignDeed) => deeds.push({ atMs, deed });
  const soon = () => chance.between(4_900, chance.pick([5_600, 8_000, 100_000]));
  if (chance.happens(0.5)) add(soon(), { type: 'start', run: 0 });
  if (chance.happens(0.3)) add(soon(), { type: 'start', run: 1 });
  if (chance.happens(0.3)) add(soon() + 30_000, { type: 'start', run: 2, ofRun: 0 });
  for (let pauses = chance.pick([0, 0, 1, 2]); pauses > 0; pauses--) {
    const atMs = soon();
    add(atMs, { type: 'pause', run: 0 });
    add(atMs + chance.pick([1, 300, 5_000, 2 * MINUTE_MS]), { type: 'resume', run: 0 });
  }
  if (chance.happens(0.15)) add(soon(), { type: 'stop', run: 0 });
  if (chance.happens(0.3)) {
    const openid = chance.pick(names);
    const atMs = soon();
    add(atMs, { type: 'erase', openid });
    // They come back while senders of before may still be at it.
    if (chance.happens(0.7)) add(atMs + chance.between(0, 150_000), { type: 'grant', openid });
  }
  for (let more = chance.between(0, 6); more > 0; more--) {
    const openid = chance.pick(names);
    if (chance.happens(0.4)) add(soon(), { type: 'grant', openid });
    else add(soon(), { type: 'message', openid, hold: chance.happens(0.5) });
  }
  return deeds;
}
