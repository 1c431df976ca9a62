import { type Contention, retryOnConflict } from '../retry-on-conflict.ts';
import { updated } from '../versioned.ts';
import { type Aliases, type AliasStore, aliasOfId, idOfAlias } from './alias.ts';

export interface SetAliasServices extends Contention {
  readonly store: AliasStore;
  /** Aliases of the settings, which nobody changes from outside. */
  readonly configured: Aliases;
}

/** What came of giving a template an alias, or of taking it away. */
export type AliasResult =
  | { readonly type: 'set' }
  /** The settings say which template has this alias, or which alias this template has. */
  | { readonly type: 'in-settings' }
  /** Another template has it, and `move` was not asked for. */
  | { readonly type: 'taken'; readonly templateId: string };

/**
 * Gives a template an alias in the place of the one it had. With `move` the alias is taken from the template that has
 * it, in one step, so that at no moment it stands for nothing.
 *
 * @throws ContentionError when too many others change aliases at once
 */
export function setAlias(
  { store, configured, ...contention }: SetAliasServices,
  {
    templateId,
    alias,
    move,
  }: { readonly templateId: string; readonly alias: string; readonly move: boolean },
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
  }, contention);
}

/** Takes a template's alias away; without one nothing changes. @throws ContentionError */
export function removeAlias(
  { store, configured, ...contention }: SetAliasServices,
  templateId: string,
): Promise<Exclude<AliasResult, { type: 'taken' }>> {
  if (isConfigured(configured, templateId)) return Promise.resolve({ type: 'in-settings' });
  return retryOnConflict(async () => {
    const stored = await store.load();
    if (aliasOfId(stored.value, templateId) === undefined) return { type: 'set' } as const;
    const result = await store.save(updated(stored, without(stored.value, templateId)));
    return result === 'conflict' ? result : ({ type: 'set' } as const);
  }, contention);
}

function isConfigured(configured: Aliases, templateId: string): boolean {
  return aliasOfId(configured, templateId) !== undefined;
}

function without(aliases: Aliases, templateId: string): Aliases {
  return Object.fromEntries(Object.entries(aliases).filter(([, id]) => id !== templateId));
}
