import type { Card, CardStore } from '../../../lib/cards/card.ts';
import type { Process, Processes } from '../processes.ts';

/** The cards as a table keeps them. */
export interface CardTable {
  storeOf(process: Process): CardStore;
  cards(): readonly Card[];
  erase(cardId: string): void;
}

/**
 * Keeps cards by version. A write whose answer is lost is repeated by the client and recognises itself, as with
 * DynamoDB. `written` sees each write.
 */
export function createCardTable(
  processes: Processes,
  written: (card: Card, before: Card | undefined) => void,
): CardTable {
  const rows = new Map<string, { readonly text: string; readonly version: string }>();
  let versions = 0;

  function read(cardId: string) {
    const row = rows.get(cardId);
    return row && { value: JSON.parse(row.text) as Card, version: row.version };
  }

  return {
    storeOf: (process) => ({
      load: (cardId) => processes.call(process, 'load card', () => read(cardId)),
      put({ value, version }) {
        const made = `v${++versions}`;
        // The plans know the claim of a message by this name, and hold it up for as long as leases last.
        const label = value.claim ? 'commit ledger' : 'put card';
        return processes.call(process, label, () => {
          const row = rows.get(value.id);
          if (row?.version === made) return 'committed';
          if (row?.version !== version) return 'conflict';
          const before = read(value.id)?.value;
          rows.set(value.id, { text: JSON.stringify(value), version: made });
          written(value, before);
          return 'committed';
        });
      },
      listOfUser: () => Promise.reject(new Error('Not simulated.')),
    }),
    cards: () => [...rows.keys()].flatMap((cardId) => read(cardId)?.value ?? []),
    erase: (cardId) => void rows.delete(cardId),
  };
}
