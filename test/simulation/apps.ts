import type { App } from '../../lib/settings/apps.ts';

/** The mini programs that a stage may have, the first one first. */
export const APP_IDS = ['wx-one', 'wx-two'] as const;

/**
 * The mini programs of a stage as its settings name them now. Those of one `isIll` says of that its settings
 * cannot be read. What does not change stays the same object.
 */
export function createSettings(
  appIds: readonly string[],
  isIll: (appId: string) => boolean,
): () => readonly App[] {
  const known = appIds.map((appId, index) => {
    const well: App = { appId, isFirst: index === 0, isStopped: false, env: {} };
    return { well, ill: { ...well, problem: 'Expected a JSON object' } };
  });
  return () => known.map(({ well, ill }) => (isIll(well.appId) ? ill : well));
}
