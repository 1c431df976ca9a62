import type { Template } from './template.ts';

/** Where the account's templates are remembered between runs and shared by all functions. */
export interface TemplateStore {
  /** The template as last saved; undefined when it was never saved or can no longer be read. */
  get(templateId: string): Promise<Template | undefined>;
  /** Every template that can be read. */
  list(): Promise<readonly Template[]>;
  /** Replaces the given templates, leaves the others alone, and notes when WeChat was read. Safe to repeat. */
  save(templates: readonly Template[], syncedAtMs: number): Promise<void>;
  /** When WeChat was last read by anyone; undefined when it never was. */
  lastSyncedAtMs(): Promise<number | undefined>;
}
