import type { Stored } from '../stored.ts';
import type { Aliases } from './alias.ts';

/** Where the aliases that were set through the API are kept, all together. */
export interface AliasStore {
  load(): Promise<Stored<Aliases>>;
  /** Writes over the version that was read. `conflict`: somebody changed them since; nothing was written. */
  save(aliases: Stored<Aliases>): Promise<'committed' | 'conflict'>;
}
