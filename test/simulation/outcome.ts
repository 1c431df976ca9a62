import type { TableState } from './table-part.ts';

/** A rule that was broken, and how. */
export interface Violation {
  readonly rule: string;
  readonly facts: unknown;
  readonly atMs: number;
}

/** How one world went. */
export interface Outcome {
  readonly violation?: Violation;
  readonly steps: number;
  readonly requests: number;
  /** How many messages and recipients of runs ended in each state; of messages, some reasons too. */
  readonly messages: Readonly<Record<string, number>>;
  readonly recipients: Readonly<Record<string, number>>;
}

/** How many messages and recipients of all apps stand in each state. */
export function endsOf(states: readonly TableState[]): Pick<Outcome, 'messages' | 'recipients'> {
  const messages: Record<string, number> = {};
  const recipients: Record<string, number> = {};
  for (const state of states) {
    for (const { state: end, outcome } of state.messages()) {
      messages[end] = (messages[end] ?? 0) + 1;
      const reason = outcome?.reason;
      if (reason === 'expired' || reason === 'collapsed') messages[reason] = (messages[reason] ?? 0) + 1;
    }
    for (const { id } of state.runs()) {
      for (const { results } of state.batchesOf(id))
        for (const result of results.results.values())
          recipients[result.state] = (recipients[result.state] ?? 0) + 1;
    }
  }
  return { messages, recipients };
}
