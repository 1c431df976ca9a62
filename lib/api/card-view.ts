import * as v from 'valibot';
import { type Card, isChanging, stateAt } from '../cards/card.ts';
import type { CardWarning } from '../cards/check-content.ts';
import type { AnswerOf } from './route.ts';
import type { card as cardSchema } from './schemas/cards.ts';
import { toRfc3339 } from './schemas/common.ts';

/** A card as callers see it. */
export function cardView(
  card: Card,
  nowMs: number,
  warnings: readonly CardWarning[] = [],
): AnswerOf<typeof cardSchema> {
  const { id, openid, notifyType, wanted, wantedExt, attempts, outcome } = card;
  return {
    id,
    to: openid,
    notifyType,
    content: asObject(wanted),
    ...(wantedExt !== undefined && { ext: asObject(wantedExt) }),
    status: stateAt(card, nowMs),
    changing: isChanging(card),
    attempts,
    ...(outcome && { outcome: outcomeView(outcome) }),
    ...(warnings.length > 0 && { warnings: [...warnings] }),
    expiresAt: toRfc3339(card.expiresAtMs),
    createdAt: toRfc3339(card.createdAtMs),
    updatedAt: toRfc3339(card.updatedAtMs),
  };
}

function outcomeView({ atMs, ...same }: NonNullable<Card['outcome']>) {
  return { at: toRfc3339(atMs), ...same };
}

const object = v.pipe(v.string(), v.parseJson(), v.record(v.string(), v.unknown()));

/** It was an object when it was stored. */
function asObject(text: string): Record<string, unknown> {
  return v.parse(object, text);
}
