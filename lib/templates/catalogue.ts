import type { TemplateKind } from '../grants/ledger.ts';
import type { TemplateSource } from './parse-template.ts';
import { removedAt, type SyncServices, syncTemplates } from './sync-templates.ts';
import { type Template, type TemplateStore, templateKindOf } from './template.ts';
import { TemplateCallError } from './template-call-error.ts';
import { type ListedTemplate, withWarnings } from './template-warnings.ts';

/** How long a template is taken from memory: what a sync finds is known to every process within this time. */
const MEMORY_FRESH_MS = 5_000;

/** WeChat's list has a small quota (45009, WeChat contract §5.3): unknown ids make it be read so often. */
const LOOKUP_PAUSE_MS = 60_000;

/** After a lookup that never reached WeChat, and so cost no quota, the next may come sooner. */
const UNREACHED_PAUSE_MS = 5_000;

/** WeChat's ids are 43 characters of base64url; what is far from that need not be looked for anywhere. */
const POSSIBLE_ID = /^[\x21-\x7e]{1,128}$/;

/** The account's templates: from memory, else from the store, else from WeChat. */
export interface TemplateCatalogue {
  /**
   * The template, or undefined when WeChat does not have it (or no longer has it). An unknown id makes
   * WeChat's list be read, at most once a minute whatever ids are asked for, so that no caller can use up the
   * quota.
   *
   * @throws TemplateCallError when the id is unknown and WeChat could not be asked.
   */
  find(templateId: string): Promise<Template | undefined>;
  /**
   * Every template in the store with its warnings, by title, also those that WeChat removed; not those that
   * were deleted through the API. WeChat is asked only while none is known, and then at most once a minute.
   *
   * @throws TemplateCallError when none is known and WeChat could not be asked.
   */
  list(): Promise<readonly ListedTemplate[]>;
  /**
   * Reads WeChat's list now. A template that it no longer has is marked as removed; an empty list is taken
   * for a slip of WeChat's and removes nothing.
   *
   * @throws TemplateCallError when WeChat could not be asked; what was known stays.
   */
  sync(): Promise<readonly ListedTemplate[]>;
  /** Remembers that WeChat has it no longer; with `isDone`, that nothing needs it: it is not listed. */
  markRemoved(templateId: string, state: { readonly isDone: boolean }): Promise<void>;
}

interface Remembered {
  readonly template: Template;
  readonly readAtMs: number;
}

interface FailedLookup {
  readonly error: TemplateCallError;
  readonly retryAtMs: number;
}

/** Builds the catalogue of one mini program; one per process is enough. */
export function createTemplateCatalogue(options: SyncServices): TemplateCatalogue {
  const { store, fetchTemplates, clock } = options;
  const memory = new Map<string, Remembered>();
  let reading: Promise<readonly Template[]> | undefined;
  let failed: FailedLookup | undefined;

  async function find(templateId: string): Promise<Template | undefined> {
    if (!POSSIBLE_ID.test(templateId)) return undefined;
    const known = remembered(templateId) ?? (await stored(templateId));
    if (known) return known;
    await lookUp();
    return stored(templateId);
  }

  function remembered(templateId: string): Template | undefined {
    const entry = memory.get(templateId);
    return entry && clock() - entry.readAtMs < MEMORY_FRESH_MS ? entry.template : undefined;
  }

  async function stored(templateId: string): Promise<Template | undefined> {
    const readAtMs = clock();
    const template = await store.get(templateId);
    if (!template || template.removedAtMs !== undefined) {
      memory.delete(templateId);
      return undefined;
    }
    memory.set(templateId, { template, readAtMs });
    return template;
  }

  /** Reads WeChat's list unless someone, here or in another process, has just done so. */
  async function lookUp(): Promise<void> {
    if (!reading) {
      if (failed && clock() < failed.retryAtMs) throw failed.error;
      const lastMs = await store.lastSyncedAtMs();
      if (lastMs !== undefined && clock() - lastMs < LOOKUP_PAUSE_MS) return;
    }
    await syncOnce();
  }

  function syncOnce(): Promise<readonly Template[]> {
    reading ??= syncNow().finally(() => {
      reading = undefined;
    });
    return reading;
  }

  async function syncNow(): Promise<readonly Template[]> {
    const templates = await syncTemplates({ ...options, fetchTemplates: fetchOrRemember });
    memory.clear();
    return templates;
  }

  async function fetchOrRemember(): Promise<readonly TemplateSource[]> {
    try {
      const sources = await fetchTemplates();
      failed = undefined;
      return sources;
    } catch (cause) {
      const error = new TemplateCallError(cause);
      failed = { error, retryAtMs: clock() + (error.wechat ? LOOKUP_PAUSE_MS : UNREACHED_PAUSE_MS) };
      throw error;
    }
  }

  return {
    find,
    async list() {
      const known = await store.list();
      if (known.length > 0) return listing(known);
      await lookUp();
      return listing(await store.list());
    },
    sync: async () => listing(await syncOnce()),
    async markRemoved(templateId, { isDone }) {
      const template = await store.get(templateId);
      if (!template) return;
      const nowMs = clock();
      const { deletedAtMs = nowMs } = template;
      const removed = { ...removedAt(template, nowMs), ...(isDone && { deletedAtMs }) };
      await store.save([removed], (await store.lastSyncedAtMs()) ?? nowMs);
      memory.delete(templateId);
    },
  };
}

function listing(templates: readonly Template[]): readonly ListedTemplate[] {
  return withWarnings(
    templates
      .filter(({ deletedAtMs }) => deletedAtMs === undefined)
      .toSorted((a, b) => compare(a.title, b.title) || compare(a.templateId, b.templateId)),
  );
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** Kinds of templates that have been read from WeChat before; what a user answered is no reason to ask it. */
export async function knownKinds(
  templates: Pick<TemplateStore, 'get'>,
  templateIds: readonly string[],
): Promise<ReadonlyMap<string, TemplateKind>> {
  const found = await Promise.all(templateIds.map((id) => templates.get(id)));
  return new Map(
    found.flatMap((template) => (template ? [[template.templateId, templateKindOf(template)]] : [])),
  );
}
