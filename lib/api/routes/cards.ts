import * as v from 'valibot';
import { type ActivateCardServices, activateCard } from '../../cards/activate-card.ts';
import type { CardStore } from '../../cards/card.ts';
import { type ChangeCardServices, changeCard } from '../../cards/change-card.ts';
import {
  type CardRemark,
  contentErrors,
  kindWarnings,
  payCheckErrors,
  UNLIKELY_STEP,
} from '../../cards/check-content.ts';
import { transitionBetween } from '../../cards/state-order.ts';
import type { Logger } from '../../logger.ts';
import { decodeCursor, pageQuery, pageReply } from '../paging.ts';
import { inputError, invalidInput, ProblemError } from '../problem.ts';
import { describeRoutes, type Route, route } from '../route.ts';
import * as schemas from '../schemas/cards.ts';
import { openid } from '../schemas/common.ts';
import { cardView } from '../views.ts';

const idParams = v.object({
  id: v.pipe(v.string(), v.maxLength(256), v.description('The id of the card.')),
});

/** The routes of `/v1/cards` as data. */
export const cardSpecs = describeRoutes({
  createCard: {
    route: 'POST /v1/cards',
    summary: 'Activate a service card',
    description:
      'Accepted means checked and stored; its status tells what became of it. The code stands for the card: the same request again answers the same card.',
    access: { operator: 'send' },
    body: schemas.cardBody,
    answers: {
      202: { description: 'Accepted', schema: schemas.card },
      200: { description: 'The card that this code has by the same request', schema: schemas.card },
    },
    problems: ['card-state-order', 'card-exists', 'busy'],
  },
  listCards: {
    route: 'GET /v1/cards',
    summary: "A user's service cards",
    description: 'Those of one page are sorted by their last change, the latest first.',
    access: { operator: 'read' },
    query: v.strictObject({ ...pageQuery, openid }),
    answers: { 200: { description: 'The cards', schema: schemas.cardPage } },
  },
  getCard: {
    route: 'GET /v1/cards/{id}',
    summary: 'A service card and what became of it',
    access: { operator: 'read' },
    params: idParams,
    answers: { 200: { description: 'The card', schema: schemas.card } },
  },
  changeCard: {
    route: 'PATCH /v1/cards/{id}',
    summary: 'Move a service card on',
    description:
      'One change is under way at a time. Of those that wait the latest is sent, and of the others only what WeChat’s order of states needs before it. What is wanted already changes nothing.',
    access: { operator: 'send' },
    params: idParams,
    body: schemas.cardChangeBody,
    answers: { 200: { description: 'The card with its change', schema: schemas.card } },
    problems: ['card-state-order', 'card-expired', 'busy'],
  },
});

export interface CardRouteServices extends ActivateCardServices, ChangeCardServices {
  readonly store: CardStore;
  readonly logger: Logger;
}

/** The routes of `/v1/cards`. */
export function cardRoutes(services: CardRouteServices): readonly Route[] {
  const { store, clock, logger } = services;

  /** @throws ProblemError `not-found` */
  async function load(id: string) {
    const stored = await store.load(id);
    if (!stored) throw notFound();
    return stored.value;
  }

  return [
    route(cardSpecs.createCard, async ({ body, requestId }) => {
      const { to, notifyType, code, content, ext } = body;
      const check = body.check && payFacts(body.check);
      refuse([...contentErrors(notifyType, content), ...payCheckErrors(notifyType, check, clock())]);
      const status = Number(content['cur_status']);
      const step = transitionBetween(notifyType, undefined, status);
      if (step === 'forbidden') throw outOfOrder(`A card cannot be activated in state ${status}.`);
      const result = await activateCard(services, {
        openid: to,
        notifyType,
        code,
        content: JSON.stringify(content),
        ...(ext && { ext: JSON.stringify(ext) }),
        ...(check && { check }),
      });
      if (result.type === 'exists') {
        throw new ProblemError('card-exists', `This code has the card ${result.cardId}: change that one.`);
      }
      logger.info('card accepted', { requestId, cardId: result.card.id });
      return {
        status: result.type === 'repeated' ? 200 : 202,
        body: cardView(result.card, clock(), kindWarnings(notifyType)),
      };
    }),

    route(cardSpecs.listCards, async ({ query }) => {
      const { items, next } = await store.listOfUser(
        query.openid,
        query.limit,
        decodeCursor(v.string(), query.cursor),
      );
      const cards = items.map(({ value }) => value).toSorted((a, b) => b.updatedAtMs - a.updatedAtMs);
      return pageReply(
        cards.map((card) => cardView(card, clock())),
        next,
      );
    }),

    route(cardSpecs.getCard, async ({ params }) => ({
      status: 200,
      body: cardView(await load(params.id), clock()),
    })),

    route(cardSpecs.changeCard, async ({ params, body, requestId }) => {
      const { notifyType } = await load(params.id);
      const { content, ext } = body;
      if (content) refuse(contentErrors(notifyType, content));
      const result = await changeCard(services, params.id, {
        ...(content && { content: JSON.stringify(content) }),
        ...(ext && { ext: JSON.stringify(ext) }),
      });
      switch (result.type) {
        case 'not-found':
          throw notFound();
        case 'expired':
          throw new ProblemError('card-expired', 'The time of the code of this card is over.');
        case 'out-of-order':
          throw outOfOrder(
            `State ${result.status} can follow ${result.after.join(', ') || 'none'} only, and the card is to be in another.`,
          );
        case 'changed': {
          logger.info('card change accepted', { requestId, cardId: params.id });
          const warnings = result.transition === 'unlikely' ? [UNLIKELY_STEP] : [];
          return { status: 200, body: cardView(result.card, clock(), warnings) };
        }
      }
    }),
  ];
}

function payFacts({ payTime, ...facts }: v.InferOutput<typeof schemas.payCheck>) {
  return { ...facts, payTimeMs: payTime };
}

/** @throws ProblemError `invalid-body` when there is something to say */
function refuse(remarks: readonly CardRemark[]): void {
  if (remarks.length === 0) return;
  const errors = remarks.map(({ path, ...rule }) => inputError(path, rule));
  throw invalidInput('invalid-body', errors);
}

function outOfOrder(detail: string): ProblemError {
  return new ProblemError('card-state-order', detail);
}

function notFound(): ProblemError {
  return new ProblemError('not-found', 'There is no such card.');
}
