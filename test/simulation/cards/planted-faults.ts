import type { Card } from '../../../lib/cards/card.ts';
import type { DeliverCardServices } from '../../../lib/cards/deliver-card.ts';
import type { CardKernel } from './kernel.ts';

/** A fault that a person could make, and the rule that it breaks. */
interface PlantedFault {
  readonly name: string;
  readonly plant: (kernel: CardKernel) => CardKernel;
}

const sending = (
  kernel: CardKernel,
  change: (services: DeliverCardServices) => Partial<DeliverCardServices>,
): CardKernel => ({
  ...kernel,
  deliverCard: (services, job) => kernel.deliverCard({ ...services, ...change(services) }, job),
});

/** Faults in the rules of cards, each of which the worlds must show. */
export const CARD_FAULTS: readonly PlantedFault[] = [
  {
    name: 'the job goes onto the queue after the change is stored',
    plant: (kernel) => ({
      ...kernel,
      async changeCard(services, cardId, change) {
        const result = await kernel.changeCard({ ...services, enqueue: async () => {} }, cardId, change);
        await services.enqueue({ cardId, changeId: services.newUuid(), sinceMs: services.clock() });
        return result;
      },
    }),
  },
  {
    name: 'a lost answer is taken for a refusal, and the change leaves again',
    plant: (kernel) =>
      sending(kernel, ({ wechat }) => ({
        wechat: {
          ...wechat,
          async send(request) {
            const answer = await wechat.send(request);
            const busy = { type: 'answered', errcode: 85431, errmsg: 'busy' } as const;
            return answer.type === 'no-answer' ? busy : answer;
          },
        },
      })),
  },
  {
    name: 'whoever sends writes over what others wrote',
    plant: (kernel) =>
      sending(kernel, ({ store }) => ({
        store: {
          ...store,
          async put(card) {
            const now = await store.load(card.value.id);
            return store.put({ ...card, version: now?.version });
          },
        },
      })),
  },
  {
    name: 'a lease that is not over is taken for over',
    plant: (kernel) =>
      sending(kernel, ({ clock }) => ({ clock: () => clock() + 60_000 * (Math.floor(clock()) % 2) })),
  },
  {
    name: 'a claim that was held up is acted on all the same',
    plant: (kernel) =>
      sending(kernel, ({ clock }) => {
        const atMs = clock();
        return { clock: () => atMs };
      }),
  },
  {
    name: 'an event that comes before the answer is thrown away',
    plant: (kernel) => ({
      ...kernel,
      applyCardReceipt(services, receipt) {
        const { store } = services;
        return kernel.applyCardReceipt(
          {
            ...services,
            store: {
              ...store,
              async load(cardId) {
                const card = await store.load(cardId);
                return card?.value.claim ? undefined : card;
              },
            },
          },
          receipt,
        );
      },
    }),
  },
  {
    name: 'what is wanted while a change is under way does not wait',
    plant: (kernel) => ({
      ...kernel,
      changeCard: (services, cardId, change) =>
        kernel.changeCard(
          {
            ...services,
            store: {
              ...services.store,
              put: (card) => services.store.put({ ...card, value: withoutWaiting(card.value) }),
            },
          },
          cardId,
          change,
        ),
    }),
  },
  {
    name: 'a job that finds the card busy is dropped',
    plant: (kernel) => ({
      ...kernel,
      async deliverCard(services, job) {
        const busy = (await services.store.load(job.cardId))?.value.claim;
        return busy ? { type: 'done' } : kernel.deliverCard(services, job);
      },
    }),
  },
];

function withoutWaiting(card: Card): Card {
  return card.claim ? { ...card, waiting: [] } : card;
}
