import { createRequire } from 'node:module';
import * as v from 'valibot';
import { describe, expect, inject, test } from 'vitest';
import { functionId, parseTemplate, propertiesOf, resource, resourcesOfType } from './template.ts';

const template = parseTemplate(inject('packaged').templateText);

describe('what only some accounts need or allow', () => {
  const ref = (Ref: string) => ({ Ref });
  const choose = (condition: string, value: unknown, otherwise: unknown) => ({
    'Fn::If': [condition, value, otherwise],
  });
  const nothing = ref('AWS::NoValue');

  test('the table is warmed up to the reads and writes that are asked for, and by itself if none are', () => {
    const reads = { ReadUnitsPerSecond: ref('WarmReadUnits') };
    const writes = { WriteUnitsPerSecond: ref('WarmWriteUnits') };
    expect(propertiesOf(template, 'Table')['WarmThroughput']).toEqual(
      choose(
        'HasWarmReads',
        choose('HasWarmWrites', { ...reads, ...writes }, reads),
        choose('HasWarmWrites', writes, nothing),
      ),
    );
  });

  test('wechat-events alone keeps concurrency for itself, where it is given some', () => {
    const reserved = resourcesOfType(template, 'AWS::Lambda::Function').flatMap(([id, { Properties }]) =>
      'ReservedConcurrentExecutions' in Properties ? [[id, Properties['ReservedConcurrentExecutions']]] : [],
    );
    expect(reserved).toEqual([
      [
        functionId('wechat-events'),
        choose('HasReservedConcurrency', ref('WechatEventsReservedConcurrency'), nothing),
      ],
    ]);
  });

  test('a first deployment asks for neither', () => {
    for (const name of ['WarmReadUnits', 'WarmWriteUnits', 'WechatEventsReservedConcurrency'])
      expect(template.Parameters[name]).toMatchObject({ Default: '' });
  });
});

const dimensions = v.array(v.object({ Name: v.string(), Value: v.unknown() }));
const routeSettings = v.object({
  ThrottlingRateLimit: v.number(),
  ThrottlingBurstLimit: v.number(),
  DetailedMetricsEnabled: v.boolean(),
});

describe('the limits of the HTTP API', () => {
  const stage = v.parse(
    v.object({ DefaultRouteSettings: routeSettings, RouteSettings: v.record(v.string(), routeSettings) }),
    propertiesOf(template, 'HttpApiStage'),
  );

  test('takes thousands of WeChat’s events a second, and no more than an account may take in all', () => {
    const events = stage.RouteSettings['POST /v1/wechat/events'];
    expect(events?.ThrottlingRateLimit).toBeGreaterThanOrEqual(2000);
    // https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
    expect(events?.ThrottlingRateLimit).toBeLessThanOrEqual(10_000);
    expect(events?.ThrottlingBurstLimit).toBeLessThanOrEqual(5000);
  });

  test('takes fewer logins a second than other requests, since anyone may send them', () => {
    const sessions = stage.RouteSettings['POST /v1/sessions'];
    expect(sessions?.ThrottlingRateLimit).toBeLessThan(stage.DefaultRouteSettings.ThrottlingRateLimit);
    expect(sessions?.ThrottlingBurstLimit).toBeLessThan(stage.DefaultRouteSettings.ThrottlingBurstLimit);
  });

  test('is told of a route’s settings once the route is there, or API Gateway would refuse them', () => {
    const routes = resourcesOfType(template, 'AWS::ApiGatewayV2::Route').filter(
      ([, { Properties }]) => String(Properties['RouteKey']) in stage.RouteSettings,
    );
    expect(routes).toHaveLength(3);
    expect(resource(template, 'HttpApiStage').DependsOn).toEqual(
      expect.arrayContaining(routes.map(([id]) => id)),
    );
  });

  test('counts the requests of the one route whose alarm looks at them', () => {
    const counted = Object.entries(stage.RouteSettings).filter(([, one]) => one.DetailedMetricsEnabled);
    const { Dimensions } = propertiesOf(template, 'WechatEventsAlarm');
    const value = (name: string) =>
      v.parse(dimensions, Dimensions).find(({ Name }) => Name === name)?.Value ?? '';
    expect(counted.map(([key]) => key)).toEqual([`${value('Method')} ${value('Resource')}`]);
    expect(value('Stage')).toEqual({ Ref: 'HttpApiStage' });
    expect(stage.DefaultRouteSettings.DetailedMetricsEnabled).toBe(false);
  });
});

describe('the params of single routes', () => {
  const resolve = createRequire(import.meta.url)('../../deploy/route-settings.cjs');
  const from = async (given: Record<string, string>) => {
    const params = { wechatEventsRatePerSecond: 5000, wechatEventsBurst: 5000, sessionsRatePerSecond: 50 };
    const all: Record<string, unknown> = { ...params, sessionsBurst: 100, watching: 'true', ...given };
    const settings = await resolve({
      resolveVariable: async (name: string) => all[name.slice('param:'.length)],
    });
    return v.parse(v.record(v.string(), routeSettings), settings);
  };

  test('are texts on the command line and numbers in the template', async () => {
    const settings = await from({
      wechatEventsRatePerSecond: '2500',
      sessionsBurst: '20',
      watching: 'false',
    });
    const { 'POST /v1/wechat/events/{appid}': ofApps, ...others } = settings;
    expect(ofApps).toEqual(settings['POST /v1/wechat/events']);
    expect(others).toEqual({
      'POST /v1/wechat/events': {
        ThrottlingRateLimit: 2500,
        ThrottlingBurstLimit: 5000,
        DetailedMetricsEnabled: false,
      },
      'POST /v1/sessions': {
        ThrottlingRateLimit: 50,
        ThrottlingBurstLimit: 20,
        DetailedMetricsEnabled: false,
      },
    });
  });

  test.each(['', '0', '-1', '1.5', 'many'])('%j is refused with the name of the param', async (value) => {
    await expect(from({ sessionsRatePerSecond: value })).rejects.toThrow(/sessionsRatePerSecond/);
  });
});
