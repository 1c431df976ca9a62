import type { Measure } from '../metrics.ts';
import type { Settings } from '../settings/settings.ts';
import type { Overrides } from './cold-start.ts';
import { createEmfMetrics } from './emf-metrics.ts';
import type { Runtime } from './runtime.ts';

/** Where measurements go: nowhere, unless the settings name a namespace. */
export function openMetrics(
  { metrics }: Pick<Settings, 'metrics'>,
  { clock }: Pick<Runtime, 'clock'>,
  overrides: Overrides = {},
): Measure {
  if (overrides.measure) return overrides.measure;
  if (metrics.namespace === undefined) return () => undefined;
  return createEmfMetrics({ namespace: metrics.namespace, clock });
}
