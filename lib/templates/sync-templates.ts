import type { Clock } from '../clock.ts';
import type { Logger } from '../logger.ts';
import { withFieldChange } from './field-changes.ts';
import { parseTemplate, type TemplateSource } from './parse-template.ts';
import type { Template, TemplateStore } from './template.ts';

/** What a sync needs. `fetchTemplates` reads WeChat's list and throws when it cannot. */
export interface SyncServices {
  readonly store: TemplateStore;
  readonly fetchTemplates: () => Promise<readonly TemplateSource[]>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Reads WeChat's list into the store. A template that it no longer has is marked as removed. An empty list is
 * taken for a slip of WeChat's and removes nothing.
 */
export async function syncTemplates({
  store,
  fetchTemplates,
  clock,
  logger,
}: SyncServices): Promise<readonly Template[]> {
  // What is stored is read first: a template that another process adds meanwhile must not look removed.
  const before = await store.list();
  const sources = await fetchTemplates();
  const syncedAtMs = clock();
  const known = new Map(before.map((template) => [template.templateId, template]));
  const listed = new Map(
    sources
      .map((source) => parseTemplate(source, syncedAtMs))
      .map((read) => [read.templateId, withFieldChange(read, known.get(read.templateId), syncedAtMs)]),
  );
  const kept = before.filter(({ removedAtMs }) => removedAtMs === undefined).length;
  if (listed.size === 0 && kept > 0) {
    logger.warn('WeChat listed no templates; those known before are kept', { known: kept });
  }
  const gone = before.filter(({ templateId }) => !listed.has(templateId));
  const vanished = listed.size === 0 ? [] : gone.map((template) => removedAt(template, syncedAtMs));
  await store.save([...listed.values(), ...vanished], syncedAtMs);
  return [...listed.values(), ...(listed.size === 0 ? gone : vanished)];
}

/** The template as one that WeChat no longer lists. */
export function removedAt(template: Template, nowMs: number): Template {
  return { ...template, removedAtMs: template.removedAtMs ?? nowMs };
}
