import type { BilingualText } from '../bilingual-text.ts';
import type { Versioned } from '../versioned.ts';

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
