import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { describe, expect, inject, test } from 'vitest';
import { METRICS } from '../../lib/metrics.ts';
import { parseTemplate, propertiesOf, resourcesOfType } from './template.ts';

const template = parseTemplate(inject('packaged').templateText);
const NAMESPACE = 'qingniao/prod';

const dimensions = v.optional(v.array(v.object({ Name: v.string(), Value: v.unknown() })), []);
const alarmSchema = v.object({
  AlarmDescription: v.string(),
  AlarmActions: v.unknown(),
  TreatMissingData: v.string(),
  Namespace: v.optional(v.string()),
  MetricName: v.optional(v.string()),
  Dimensions: dimensions,
  Metrics: v.optional(
    v.array(
      v.object({
        MetricStat: v.optional(
          v.object({
            Metric: v.object({ Namespace: v.string(), MetricName: v.string(), Dimensions: dimensions }),
          }),
        ),
      }),
    ),
    [],
  ),
});
const alarms = resourcesOfType(template, 'AWS::CloudWatch::Alarm').map(
  ([id, { Properties }]) => [id, v.parse(alarmSchema, Properties)] as const,
);

const runbooks = {
  en: readFileSync('docs/en/runbook.md', 'utf8'),
  zh: readFileSync('docs/zh/runbook.md', 'utf8'),
};

interface Watched {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: readonly string[];
}

const watchedByAlarms: Watched[] = alarms.flatMap(([, { Namespace, MetricName, Dimensions, Metrics }]) => [
  ...(Namespace && MetricName
    ? [{ namespace: Namespace, name: MetricName, dimensions: Dimensions.map(({ Name }) => Name) }]
    : []),
  ...Metrics.flatMap(({ MetricStat }) =>
    MetricStat
      ? [
          {
            namespace: MetricStat.Metric.Namespace,
            name: MetricStat.Metric.MetricName,
            dimensions: MetricStat.Metric.Dimensions.map(({ Name }) => Name),
          },
        ]
      : [],
  ),
]);

const widgetSchema = v.object({
  properties: v.object({ title: v.string(), metrics: v.optional(v.array(v.array(v.unknown())), []) }),
});

/** What is there with a webhook only. */
const ifWebhook = v.object({
  'Fn::If': v.tuple([v.literal('HasWebhook'), v.object({ 'Fn::Sub': v.string() }), v.literal('')]),
});

function dashboard() {
  const [body, { WebhookAlarms, WebhookDeadLetters }] = v.parse(
    v.object({
      'Fn::Sub': v.tuple([v.string(), v.object({ WebhookAlarms: ifWebhook, WebhookDeadLetters: ifWebhook })]),
    }),
    propertiesOf(template, 'Dashboard')['DashboardBody'],
  )['Fn::Sub'];
  const text = body
    .replace(`$${'{WebhookAlarms}'}`, WebhookAlarms['Fn::If'][1]['Fn::Sub'])
    .replace(`$${'{WebhookDeadLetters}'}`, WebhookDeadLetters['Fn::If'][1]['Fn::Sub']);
  return v.parse(v.object({ widgets: v.array(widgetSchema) }), JSON.parse(text)).widgets;
}

/** `[namespace, name, dimension, value, …]`, as dashboards write a metric; searches are left out. */
const watchedByDashboard: Watched[] = dashboard().flatMap(({ properties }) =>
  properties.metrics.flatMap((metric) => {
    const [namespace, name, ...rest] = metric.filter((part) => typeof part === 'string');
    if (namespace !== NAMESPACE || name === undefined) return [];
    return [{ namespace, name, dimensions: rest.filter((_, index) => index % 2 === 0) }];
  }),
);

/** Metrics that only a stage with a webhook is watched by. */
const OF_WEBHOOK = 4;

describe('alarms', () => {
  test.each(Object.entries(runbooks))(
    'are described in the runbook (%s), each under its own name, and no other is',
    (_, runbook) => {
      const headings = [...runbook.matchAll(/^### (\w+Alarm)$/gm)].map(([, name]) => name);
      expect(headings.toSorted()).toEqual(alarms.map(([id]) => id).sort());
    },
  );

  test.each(alarms)('%s says where to read what to do, and tells the topic', (id, alarm) => {
    expect(alarm.AlarmDescription).toMatch(new RegExp(`\\. See docs/en/runbook\\.md#${id.toLowerCase()}$`));
    // Whether timed messages are handed over is what silence says something about.
    expect(alarm.TreatMissingData).toBe(id === 'DispatchAlarm' ? 'ignore' : 'notBreaching');
    expect(alarm.AlarmActions).toEqual({
      'Fn::If': ['HasAlarmTopic', [{ Ref: 'AlarmTopicArn' }], { Ref: 'AWS::NoValue' }],
    });
  });

  test('cost what the runbook says: one metric each, or as many as they calculate with', () => {
    const metrics = watchedByAlarms.length;
    expect(runbooks.en).toContain(`for each metric that it looks at, ${metrics - OF_WEBHOOK} in all`);
    expect(runbooks.en).toContain(`${OF_WEBHOOK} more with a webhook`);
    expect(runbooks.zh).toContain(`告警共 ${metrics - OF_WEBHOOK} 个指标`);
    expect(runbooks.zh).toContain(`配置 webhook 后另加 ${OF_WEBHOOK} 个`);
  });

  test('watch every queue of work and its dead letters', () => {
    const queues = resourcesOfType(template, 'AWS::SQS::Queue').map(([id]) => id);
    const watched = alarms.flatMap(([, { Dimensions }]) =>
      Dimensions.filter(({ Name }) => Name === 'QueueName').map(({ Value }) => JSON.stringify(Value)),
    );
    expect(watched.toSorted()).toEqual(
      queues.map((id) => JSON.stringify({ 'Fn::GetAtt': [id, 'QueueName'] })).sort(),
    );
  });
});

test('what alarms and the dashboard look at of our own is measured, with these dimensions', () => {
  const own = [...watchedByAlarms, ...watchedByDashboard].filter(({ namespace }) => namespace === NAMESPACE);
  expect(own.length).toBeGreaterThan(10);
  const measured = Object.entries(METRICS).flatMap(([name, { dimensionSets }]) =>
    dimensionSets.map((set) => [name, ...set].join(' ')),
  );
  for (const { name, dimensions } of own) expect(measured).toContain([name, ...dimensions].join(' '));
});

test('the functions measure into the namespace that alarms and the dashboard look at', () => {
  const environments = resourcesOfType(template, 'AWS::Lambda::Function').map(
    ([, { Properties }]) =>
      v.parse(v.looseObject({ Environment: v.looseObject({ Variables: v.looseObject({}) }) }), Properties)
        .Environment.Variables['METRICS_NAMESPACE'],
  );
  expect(new Set(environments)).toEqual(new Set([undefined, NAMESPACE]));
  expect(environments.filter((one) => one === NAMESPACE)).toHaveLength(4);
});

test('the dashboard shows every metric, every alarm, and errors and throttles of every function', () => {
  const text = JSON.stringify(propertiesOf(template, 'Dashboard'));
  for (const name of Object.keys(METRICS)) expect(text).toContain(name);
  for (const [id] of alarms) expect(text).toContain(`\${${id}.Arn}`);
  for (const [id] of resourcesOfType(template, 'AWS::Lambda::Function'))
    expect([id, text.split(`\${${id}}`).length - 1]).toEqual([id, expect.toSatisfy((n) => n >= 2)]);
});

test('what the dashboard searches for is measured, with these dimensions', () => {
  const measured = Object.entries(METRICS).flatMap(([name, { dimensionSets }]) =>
    dimensionSets.map((set) => [name, ...set].join(' ')),
  );
  const searches = [
    ...JSON.stringify(dashboard()).matchAll(/SEARCH\('\{(.*?)\} MetricName=\\+"(\w+)\\+"/g),
  ].map(([, schema = '', name]) => {
    const [namespace, ...dimensions] = schema.split(',');
    return { namespace: namespace?.replaceAll(/[\\"]/g, ''), metric: [name, ...dimensions].join(' ') };
  });
  expect(searches).toHaveLength(5);
  for (const { namespace, metric } of searches) {
    expect(namespace).toBe(NAMESPACE);
    expect(measured).toContain(metric);
  }
});

test('alarms and dashboard are left out together where nobody is to look at them', () => {
  const watching = Object.values(template.Resources).filter(({ Type }) =>
    Type.startsWith('AWS::CloudWatch::'),
  );
  expect(watching).toHaveLength(alarms.length + 1);
  for (const { Condition } of watching) expect(Condition).toMatch(/^Is(Webhook)?Watched$/);
});
