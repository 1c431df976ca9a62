import type { CountMark, GrantStore } from '../grants/grant-store.ts';
import { grantsOf, type TemplateKind } from '../grants/ledger.ts';
import { recordPopup, recordRevocation } from '../grants/record-event.ts';
import { isAccept } from '../grants/report-grants.ts';
import { type Contention, retryOnConflict } from '../retry.ts';
import { updated } from '../versioned.ts';
import type { ChangeEvent, PopupEvent } from './subscribe-event.ts';

export interface AnswerServices extends Contention {
  readonly grantStore: Pick<GrantStore, 'loadLedger' | 'countedOf' | 'commitCounted'>;
  /** What is known of these templates; one that is left out is of unknown kind. */
  readonly kindsOf: (templateIds: readonly string[]) => Promise<ReadonlyMap<string, TemplateKind>>;
}

/** The mark of one template's part of an event. WeChat advises user and second, in which two events may fall (WeChat contract §6.3). */
function markOf({ type, createdAtMs }: PopupEvent | ChangeEvent, item: AnswerItem): CountMark {
  return `event#${type}#${createdAtMs}#${item.templateId}#${item.status}`;
}

type AnswerItem = (PopupEvent | ChangeEvent)['items'][number];

/** Counts what the user answered, template by template, each part once however often and in whatever order it comes. */
export async function countAnswers(
  { grantStore, kindsOf, ...contention }: AnswerServices,
  event: PopupEvent | ChangeEvent,
): Promise<void> {
  const items = new Map(event.items.map((item) => [markOf(event, item), item]));
  const kinds = await kindsOf([...items.values()].map(({ templateId }) => templateId));
  await retryOnConflict(async () => {
    const stored = await grantStore.loadLedger(event.openid);
    const counted = await grantStore.countedOf(event.openid, [...items.keys()]);
    const fresh = [...items].filter(([mark]) => !counted.has(mark));
    if (fresh.length === 0) return;
    const ledger = fresh.reduce((before, [, { templateId, status }]) => {
      const kind = kinds.get(templateId) ?? 'unknown';
      const told = { templateId, status, kind, atMs: event.createdAtMs };
      return isRevocation(event, status) ? recordRevocation(before, told) : recordPopup(before, told);
    }, stored.value);
    const newTemplateIds = fresh
      .map(([, { templateId }]) => templateId)
      .filter((templateId, index, all) => all.indexOf(templateId) === index)
      .filter((templateId) => !grantsOf(stored.value, templateId));
    const marks = fresh.map(([mark]) => mark);
    const result = await grantStore.commitCounted(updated(stored, ledger), marks, newTemplateIds);
    return result === 'conflict' ? result : undefined;
  }, contention);
}

/** Whether the user turned the template off, rather than answering no to one more question. */
export function isRevocation(event: PopupEvent | ChangeEvent, status: string): boolean {
  return event.type === 'change' && !isAccept(status);
}
