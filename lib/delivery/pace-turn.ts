import { isPending } from '../messages/message.ts';
import type { MessageStore } from '../messages/message-store.ts';
import type { SendJob } from '../messages/send-job.ts';
import type { Pacer, PaceTurn } from './pacer.ts';

/** A message's turn under the pace of all sending and, while WeChat refuses some template, under that of its own. */
export async function paceTurn(
  { pacer, store }: { readonly pacer: Pacer; readonly store: Pick<MessageStore, 'load'> },
  job: SendJob,
): Promise<PaceTurn> {
  const ofAll = await pacer.turn(job.dueAtMs);
  if (ofAll.type === 'later' || !(await pacer.holdsTemplates())) return ofAll;
  const { message } = await store.load(job.messageId);
  return message && isPending(message.value) ? pacer.turnOf(message.value.templateId) : ofAll;
}
