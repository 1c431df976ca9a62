import type { BilingualText } from '../bilingual-text.ts';
import { type Backoff, retryOnConflict } from '../retry.ts';
import { updated, type Versioned } from '../versioned.ts';

/** A name for a template; too short to be one of WeChat's ids, which have 43 characters. */
export const ALIAS_FORM: RegExp = /^[A-Za-z][A-Za-z0-9_-]{0,39}$/;

/** The rule of {@link ALIAS_FORM} in words. */
export const ALIAS_RULE: BilingualText = {
  en: 'must be a name: a letter, then up to 39 letters, digits, - or _',
  zh: '应为名称：字母开头，后面最多 39 个字母、数字、- 或 _',
};

/** Aliases and the template ids that they stand for. */
export type Aliases = Readonly<Record<string, string>>;

/** The id that an alias stands for, if there is one. */
export function idOfAlias(aliases: Aliases, alias: string): string | undefined {
  return Object.hasOwn(aliases, alias) ? aliases[alias] : undefined;
}

/** The alias of a template, the first when it has several. */
export function aliasOfId(aliases: Aliases, templateId: string): string | undefined {
  return Object.entries(aliases).find(([, id]) => id === templateId)?.[0];
}

/** Where the aliases that were set through the API are kept, all together. */
export interface AliasStore {
  load(): Promise<Versioned<Aliases>>;
  /** Writes over the version that was read. `conflict`: somebody changed them since; nothing was written. */
  save(aliases: Versioned<Aliases>): Promise<'committed' | 'conflict'>;
}

/** What aliases are changed with. */
export interface AliasServices extends Backoff {
  readonly store: AliasStore;
  /** Aliases of the settings, which nobody changes from outside. */
  readonly configured: Aliases;
}

/** What came of giving a template an alias, or of taking it away. */
type AliasResult =
  | { readonly type: 'set' }
  /** The settings say which template has this alias, or which alias this template has. */
  | { readonly type: 'in-settings' }
  /** Another template has it, and `move` was not asked for. */
  | { readonly type: 'taken'; readonly templateId: string };

/**
 * Gives a template an alias in the place of the one it had. With `move` the alias is taken from the template
 * that has it, in one step, so that at no moment it stands for nothing.
 *
 * @throws ContentionError when too many others change aliases at once
 */
export function setAlias(
  { store, configured, ...backoff }: AliasServices,
  { templateId, alias, move }: { templateId: string; alias: string; move: boolean },
): Promise<AliasResult> {
  if (isConfigured(configured, templateId) || Object.hasOwn(configured, alias)) {
    const same = idOfAlias(configured, alias) === templateId;
    return Promise.resolve({ type: same ? 'set' : 'in-settings' });
  }
  return retryOnConflict(async (): Promise<AliasResult | 'conflict'> => {
    const stored = await store.load();
    const holder = idOfAlias(stored.value, alias);
    if (holder !== undefined && holder !== templateId && !move) return { type: 'taken', templateId: holder };
    const aliases = { ...without(stored.value, templateId), [alias]: templateId };
    const result = await store.save(updated(stored, aliases));
    return result === 'conflict' ? result : { type: 'set' };
  }, backoff);
}

/** Takes a template's alias away; without one nothing changes. @throws ContentionError */
export function removeAlias(
  { store, configured, ...backoff }: AliasServices,
  templateId: string,
): Promise<Exclude<AliasResult, { type: 'taken' }>> {
  if (isConfigured(configured, templateId)) return Promise.resolve({ type: 'in-settings' });
  return retryOnConflict(async () => {
    const stored = await store.load();
    if (aliasOfId(stored.value, templateId) === undefined) return { type: 'set' } as const;
    const result = await store.save(updated(stored, without(stored.value, templateId)));
    return result === 'conflict' ? result : ({ type: 'set' } as const);
  }, backoff);
}

function isConfigured(configured: Aliases, templateId: string): boolean {
  return aliasOfId(configured, templateId) !== undefined;
}

function without(aliases: Aliases, templateId: string): Aliases {
  return Object.fromEntries(Object.entries(aliases).filter(([, id]) => id !== templateId));
}
