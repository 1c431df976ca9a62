import type { Clock } from '../clock.ts';
import { METRICS, type Measure } from '../metrics.ts';
import type { Settings } from '../settings/settings.ts';
import type { Overrides, Runtime } from './runtime.ts';

/** CloudWatch takes so many values of a metric in one line. */
const VALUES_PER_LINE = 100;

/** Another dimension would make each metric a second one, which CloudWatch bills: the first app has none. */
const APP_DIMENSION = 'AppId';

/**
 * Writes measurements as lines of CloudWatch's embedded metric format, which CloudWatch Logs turns into
 * metrics of `namespace`: no call, no
 * permission and no waiting.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function createEmfMetrics(o: {
  readonly namespace: string;
  readonly clock: Clock;
  /** The mini program that they are of, where each metric is to be had for it alone as well. */
  readonly appId?: string;
  /** Takes one line, with its line break. Default: standard output. */
  readonly write?: (line: string) => unknown;
}): Measure {
  const { namespace, clock, appId, write = (line) => process.stdout.write(line) } = o;
  return ({ name, values, dimensions = {} }) => {
    const { unit, dimensionSets } = METRICS[name];
    for (let from = 0; from < values.length; from += VALUES_PER_LINE) {
      const some = values.slice(from, from + VALUES_PER_LINE);
      const nowMs = clock();
      const line = {
        _aws: {
          Timestamp: nowMs,
          CloudWatchMetrics: [
            {
              Namespace: namespace,
              Dimensions: dimensionsOf(dimensionSets, appId),
              Metrics: [{ Name: name, Unit: unit }],
            },
          ],
        },
        // Lambda's JSON log format asks for these two of every line.
        level: 'INFO',
        timestamp: new Date(nowMs).toISOString(),
        ...dimensions,
        ...(appId !== undefined && { [APP_DIMENSION]: appId }),
        [name]: some.length === 1 ? some[0] : some,
      };
      write(`${JSON.stringify(line)}\n`);
    }
  };
}

function dimensionsOf(sets: readonly (readonly string[])[], appId: string | undefined) {
  return appId === undefined ? sets : [...sets, ...sets.map((set) => [...set, APP_DIMENSION])];
}

/** Where measurements go: nowhere, unless the settings name a namespace. */
export function openMetrics(
  { metrics }: Pick<Settings, 'metrics'>,
  { clock }: Pick<Runtime, 'clock'>,
  overrides: Overrides | undefined,
  app: { readonly appId: string; readonly isFirst: boolean },
): Measure {
  if (overrides?.measure) return overrides.measure;
  if (metrics.namespace === undefined) return () => undefined;
  return createEmfMetrics({
    namespace: metrics.namespace,
    clock,
    ...(!app.isFirst && { appId: app.appId }),
  });
}
