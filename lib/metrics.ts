/**
 * The metrics of dashboard and alarms, with their units and dimensions. CloudWatch bills each set of
 * dimensions as a metric of its own, so nothing that takes many values, like a user or a message, is one.
 */
export const METRICS = {
  /** Messages and recipients that came to an end, by `Outcome`: sent, delivered, refused, failed, unknown. */
  Messages: { unit: 'Count', dimensionSets: [['Outcome'], ['TemplateId', 'Outcome']] },
  /** Those of {@link METRICS.Messages} that failed, by `Reason`: WeChat's errcode, or a word of ours. */
  Failures: { unit: 'Count', dimensionSets: [['TemplateId', 'Reason']] },
  /** From `sendAt` to WeChat's answer, of timed messages that were sent at the first attempt. */
  Lateness: { unit: 'Milliseconds', dimensionSets: [[]] },
  /** Sends that WeChat answered with another errcode than 0, each attempt for itself. */
  WeChatErrors: { unit: 'Count', dimensionSets: [['Errcode']] },
  /** Messages that could not be tried for lack of an access token; `Errcode` is WeChat's, or `none`. */
  TokenUnavailable: { unit: 'Count', dimensionSets: [[], ['Errcode']] },
  /** Logins that WeChat refused for the app's own credentials or address, by `Errcode`. */
  LoginsRefused: { unit: 'Count', dimensionSets: [[], ['Errcode']] },
  /** All sending was stopped for a while, by `Cause`: rate (45011), quota (45009), busy (-1). */
  Stops: { unit: 'Count', dimensionSets: [['Cause']] },
} as const satisfies Readonly<
  Record<string, { unit: 'Count' | 'Milliseconds'; dimensionSets: readonly (readonly string[])[] }>
>;

/** One of {@link METRICS}. */
export type MetricName = keyof typeof METRICS;

/** Values of one metric. */
export interface Measurement {
  readonly name: MetricName;
  readonly values: readonly number[];
  /** A value for each dimension that the metric has. */
  readonly dimensions?: Readonly<Record<string, string>>;
}

/** Takes a measurement. It must not fail. */
export type Measure = (measurement: Measurement) => void;
