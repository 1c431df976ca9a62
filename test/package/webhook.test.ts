import { readFileSync } from 'node:fs';
import { describe, expect, inject, test } from 'vitest';
import { parse } from 'yaml';
import { readWebhookTarget } from '../../local/stack/webhook/webhook-target.ts';
import { parseTemplate, propertiesOf, resource, resourcesOfType } from './template.ts';

const template = parseTemplate(inject('packaged').templateText);
const NAME = 'qingniao-prod-webhook';
const arnOf = (id: string, attribute = 'Arn') => ({ 'Fn::GetAtt': [id, attribute] });
const TYPES = [
  'AWS::Events::Connection',
  'AWS::Events::ApiDestination',
  'AWS::Events::Rule',
  'AWS::SQS::QueuePolicy',
];

describe('the webhook', () => {
  test('is there only where an address is given, all of it or nothing', () => {
    const ids = [
      ...TYPES.flatMap((type) => resourcesOfType(template, type)),
      ...Object.entries(template.Resources),
    ]
      .filter(([id]) => id.startsWith('Webhook'))
      .map(([id]) => id);
    expect(new Set(ids).size).toBe(9);
    for (const id of ids)
      expect([id, resource(template, id).Condition]).toEqual([
        id,
        id.endsWith('Alarm') ? 'IsWebhookWatched' : 'HasWebhook',
      ]);
    const { Conditions } = JSON.parse(inject('packaged').templateText);
    expect(Conditions.HasWebhook).toEqual({ 'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'WebhookUrl' }, ''] }] });
    expect(template.Parameters['WebhookUrl']).toMatchObject({ Default: '', AllowedPattern: '(https://.+)?' });
  });

  test('sends a secret header whose value stands in no template', () => {
    expect(propertiesOf(template, 'WebhookConnection')).toMatchObject({
      Name: NAME,
      AuthorizationType: 'API_KEY',
      AuthParameters: {
        ApiKeyAuthParameters: {
          ApiKeyName: 'x-qingniao-secret',
          ApiKeyValue: '{{resolve:secretsmanager:qingniao/prod/webhook-secret}}',
        },
      },
    });
  });

  test('gets what is published on the stage’s bus, and what a redrive brings again, by POST, with retries for a day', () => {
    expect(propertiesOf(template, 'WebhookDestination')).toEqual({
      Name: NAME,
      ConnectionArn: arnOf('WebhookConnection'),
      InvocationEndpoint: { Ref: 'WebhookUrl' },
      HttpMethod: 'POST',
      InvocationRateLimitPerSecond: 50,
    });
    expect(propertiesOf(template, 'WebhookRule')).toMatchObject({
      Name: NAME,
      EventBusName: { Ref: 'EventBus' },
      EventPattern: { source: ['qingniao', 'qingniao.redriven'] },
      Targets: [
        {
          Arn: arnOf('WebhookDestination'),
          RoleArn: arnOf('WebhookRole'),
          RetryPolicy: { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 },
          DeadLetterConfig: { Arn: arnOf('WebhookDeadLetterQueue') },
        },
      ],
    });
  });

  test('is what the local stack delivers: body and header are read from the same file', async () => {
    const { header, bodyOf } = await readWebhookTarget();
    const file = parse(readFileSync('deploy/webhook.yml', 'utf8'));
    expect(propertiesOf(template, 'WebhookRule')['Targets']).toMatchObject([
      { InputTransformer: file.WebhookRule.Properties.Targets[0].InputTransformer },
    ]);
    expect(header).toBe('x-qingniao-secret');
    const event = {
      version: '0',
      id: '1',
      source: 'qingniao',
      account: '',
      region: '',
      resources: [],
    } as const;
    const told = { 'detail-type': 'Message Refused', time: '2026-12-01T01:00:00Z', detail: { eventId: '1' } };
    const { 'detail-type': type, ...rest } = told;
    expect(JSON.parse(bodyOf({ ...event, ...told }))).toEqual({ type, ...rest });
  });

  test('has a role of EventBridge that may call this destination and nothing else', () => {
    expect(propertiesOf(template, 'WebhookRole')).toMatchObject({
      AssumeRolePolicyDocument: {
        Statement: [
          {
            Principal: { Service: 'events.amazonaws.com' },
            Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
          },
        ],
      },
      Policies: [
        {
          PolicyDocument: {
            Statement: [
              {
                Action: 'events:InvokeApiDestination',
                Resource: [arnOf('WebhookDestination'), arnOf('WebhookDestination', 'ArnForPolicy')],
              },
            ],
          },
        },
      ],
    });
  });

  test('leaves what was given up in a queue that takes it from this rule only, encrypted, for 14 days', () => {
    expect(propertiesOf(template, 'WebhookDeadLetterQueue')).toEqual({
      MessageRetentionPeriod: 1_209_600,
      SqsManagedSseEnabled: true,
    });
    expect(propertiesOf(template, 'WebhookDeadLetterQueuePolicy')).toMatchObject({
      Queues: [{ Ref: 'WebhookDeadLetterQueue' }],
      PolicyDocument: {
        Statement: [
          {
            Principal: { Service: 'events.amazonaws.com' },
            Action: 'sqs:SendMessage',
            Resource: arnOf('WebhookDeadLetterQueue'),
            Condition: { ArnEquals: { 'aws:SourceArn': arnOf('WebhookRule') } },
          },
        ],
      },
    });
  });
});
