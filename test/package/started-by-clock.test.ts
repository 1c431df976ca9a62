import * as v from 'valibot';
import { describe, expect, inject, test } from 'vitest';
import { functionId, parseTemplate, propertiesOf, resourcesOfType } from './template.ts';

const template = parseTemplate(inject('packaged').templateText);

const ruleSchema = v.object({
  ScheduleExpression: v.string(),
  Targets: v.array(v.object({ Arn: v.object({ 'Fn::GetAtt': v.tuple([v.string(), v.string()]) }) })),
});
const configSchema = v.object({
  FunctionName: v.object({ Ref: v.string() }),
  MaximumEventAgeInSeconds: v.number(),
  MaximumRetryAttempts: v.number(),
});
const UNIT_SECONDS: Record<string, number> = { minute: 60, hour: 3600, day: 86_400 };

describe('what a clock starts', () => {
  // The webhook's has a pattern instead of a clock.
  const rules = resourcesOfType(template, 'AWS::Events::Rule').flatMap(([, { Properties }]) =>
    'EventPattern' in Properties ? [] : [v.parse(ruleSchema, Properties)],
  );
  const configs = resourcesOfType(template, 'AWS::Lambda::EventInvokeConfig').map(([, { Properties }]) =>
    v.parse(configSchema, Properties),
  );
  const configOf = (id: string) => configs.find(({ FunctionName }) => FunctionName.Ref === id);
  const periods = rules.flatMap(({ ScheduleExpression, Targets }) =>
    Targets.map(({ Arn }) => [Arn['Fn::GetAtt'][0], secondsOf(ScheduleExpression)] as const),
  );

  // Lambda keeps what it throttles for six hours unless it is told otherwise.
  test.each(periods)('%s is not started long after its time', (id, periodSeconds) => {
    expect(configOf(id)?.MaximumEventAgeInSeconds).toBeLessThanOrEqual(periodSeconds);
  });

  test.each(periods.filter(([, seconds]) => seconds < 3600))(
    '%s is not started again beside its next start',
    (id) => expect(configOf(id)?.MaximumRetryAttempts).toBe(0),
  );

  test('no run of a campaign is started over an hour late, and that is told', () => {
    const id = functionId('start-campaign-run');
    expect(configOf(id)?.MaximumEventAgeInSeconds).toBeLessThanOrEqual(3600);
    expect(JSON.stringify(propertiesOf(template, 'StartCampaignRunAlarm'))).toContain('AsyncEventsDropped');
  });

  test('is all that is started so', () => {
    expect(configs.map(({ FunctionName }) => FunctionName.Ref).sort()).toEqual(
      [...periods.map(([id]) => id), functionId('start-campaign-run')].sort(),
    );
  });
});

/** Of `rate(5 minutes)` and the like. */
function secondsOf(expression: string): number {
  const [, count, unit = ''] = /^rate\((\d+) (\w+?)s?\)$/.exec(expression) ?? [];
  return Number(count) * (UNIT_SECONDS[unit] ?? Number.NaN);
}
