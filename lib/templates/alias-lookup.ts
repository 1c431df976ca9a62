import type { Clock } from '../clock.ts';
import { nearestWord } from '../nearest-word.ts';
import { ALIAS_FORM, type Aliases, type AliasStore, aliasOfId, idOfAlias } from './aliases.ts';

/**
 * How long aliases are taken from memory: one that moves or goes is seen by every process within this time. A
 * new one is good at once, since a word that is not known is looked up.
 */
const MEMORY_FRESH_MS = 5_000;

/** What callers may call a template: its id or its alias. */
export interface AliasLookup {
  /** The id that a caller's word stands for: the one that its alias names, else the word itself. */
  resolveTemplateId(idOrAlias: string): Promise<string>;
  /** The alias of a template; one from the settings goes before one that was set through the API. */
  aliasOf(templateId: string): Promise<string | undefined>;
  /** The alias that was probably meant by a word that names no template, if one is near to it. */
  nearestAlias(word: string): Promise<string | undefined>;
  /** Takes nothing from memory the next time. */
  forget(): void;
}

interface TemplateNamesOptions {
  /** Aliases of the settings; they go before stored ones of the same name. */
  readonly configured: Aliases;
  readonly store: Pick<AliasStore, 'load'>;
  readonly clock: Clock;
}

/** Builds the names of one mini program's templates; one per process is enough. */
export function createAliasLookup({ configured, store, clock }: TemplateNamesOptions): AliasLookup {
  let remembered: { readonly aliases: Promise<Aliases>; readonly readAtMs: number } | undefined;

  const isFresh = () => remembered !== undefined && clock() - remembered.readAtMs < MEMORY_FRESH_MS;

  function aliases(): Promise<Aliases> {
    if (!remembered || !isFresh()) remembered = { aliases: load(), readAtMs: clock() };
    return remembered.aliases;
  }

  async function load(): Promise<Aliases> {
    try {
      const { value } = await store.load();
      return { ...value, ...configured };
    } catch (error) {
      remembered = undefined;
      throw error;
    }
  }

  return {
    async resolveTemplateId(idOrAlias) {
      if (!ALIAS_FORM.test(idOrAlias)) return idOrAlias;
      const mayBeStale = isFresh();
      const known = idOfAlias(configured, idOrAlias) ?? idOfAlias(await aliases(), idOrAlias);
      if (known !== undefined) return known;
      if (mayBeStale) remembered = undefined;
      return idOfAlias(await aliases(), idOrAlias) ?? idOrAlias;
    },
    async aliasOf(templateId) {
      return aliasOfId(configured, templateId) ?? aliasOfId(await aliases(), templateId);
    },
    async nearestAlias(word) {
      return nearestWord(word, Object.keys(await aliases()));
    },
    forget() {
      remembered = undefined;
    },
  };
}

/** Tells whether users may send a template to themselves: `open` names it by id or alias, or is `*`. */
export function createUserSendable(
  open: '*' | readonly string[],
  { resolveTemplateId }: Pick<AliasLookup, 'resolveTemplateId'>,
): (templateId: string) => Promise<boolean> {
  return async (templateId) => {
    if (open === '*') return true;
    return (await Promise.all(open.map(resolveTemplateId))).includes(templateId);
  };
}
