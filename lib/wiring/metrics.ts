import { createEmfMetrics } from '../emf-metrics.ts';
import type { Measure } from '../metrics.ts';
import type { Settings } from '../settings.ts';
import type { Overrides } from './cold-start.ts';
import type { Foundation } from './foundation.ts';

/** Where measurements go: nowhere, unless the settings name a namespace. */
export function openMetrics(
  { metrics }: Pick<Settings, 'metrics'>,
  { clock }: Pick<Foundation, 'clock'>,
  overrides: Overrides = {},
): Measure {
  if (overrides.measure) return overrides.measure;
  if (metrics.namespace === undefined) return () => undefined;
  return createEmfMetrics({ namespace: metrics.namespace, clock });
}
