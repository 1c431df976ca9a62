import type { FieldChange, Template } from './template.ts';

/** How long a change of fields is shown; longer while pending messages no longer fit. */
const SHOWN_FOR_MS = 30 * 86_400_000;

/**
 * What is remembered of a template from one reading of WeChat's list to the next: when its fields last
 * changed, and what used it then. Order, labels and examples may change without any harm to what is booked.
 */
export function withFieldChange(template: Template, before: Template | undefined, nowMs: number): Template {
  if (!before) return template;
  const { declaredKind } = before;
  const changed = changeBetween(before, template, nowMs) ?? stillShown(before, nowMs);
  const { usedBy } = before;
  return {
    ...template,
    ...(declaredKind && { declaredKind }),
    ...(changed && { changed, ...(usedBy && { usedBy }) }),
  };
}

function changeBetween(before: Template, after: Template, atMs: number): FieldChange | undefined {
  if (fieldsOf(before) === fieldsOf(after)) return undefined;
  return { atMs, before: before.fields.map(({ key }) => key) };
}

function fieldsOf({ fields }: Template): string {
  return JSON.stringify(fields.map(({ key, values = [] }) => [key, values.toSorted()]).toSorted());
}

function stillShown({ changed, usedBy }: Template, nowMs: number): FieldChange | undefined {
  if (!changed || nowMs - changed.atMs < SHOWN_FOR_MS) return changed;
  return (usedBy?.messages ?? 0) > 0 ? changed : undefined;
}
