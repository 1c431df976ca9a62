import type { App } from '../../lib/settings/apps.ts';

/** The mini programs that a stage may have, the first one first. */
export const APP_IDS = ['wx-one', 'wx-two'] as const;

/** A stage with the first so many of {@link APP_IDS}, as its settings name them. */
export function appsOf(appIds: readonly string[]): readonly App[] {
  return appIds.map((appId, index) => ({ appId, isFirst: index === 0, isStopped: false, env: {} }));
}
