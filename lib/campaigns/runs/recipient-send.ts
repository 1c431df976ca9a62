/** A recipient's place in a run: enough to find what became of them. */
export interface RecipientSend {
  readonly runId: string;
  readonly openid: string;
  /** The place in the batch, from 0. */
  readonly index: number;
}

const SEND_ID = /^rcp_([0-9a-f]{32})_(\d{1,3})_([A-Za-z0-9_-]{1,128})$/;

/**
 * The id that a recipient's claims carry where those of a message carry the message's. Whoever finds one open in a ledger finds the
 * run's batch by it.
 */
export function recipientSendId({ runId, index, openid }: RecipientSend): string {
  return `rcp_${runId.slice('run_'.length)}_${index}_${openid}`;
}

/** The recipient that an id stands for, or undefined for what is no such id. */
export function readRecipientSendId(id: string): RecipientSend | undefined {
  const [, run, index, openid] = SEND_ID.exec(id) ?? [];
  if (run === undefined || index === undefined || openid === undefined) return undefined;
  return { runId: `run_${run}`, index: Number(index), openid };
}
