import { expect, test } from 'vitest';
import {
  parseServiceDefinition,
  readServiceDefinition,
  variablesOf,
} from '../../../local/stack/service-definition.ts';

test('the project’s own serverless.yml is understood in full', async () => {
  const definition = await readServiceDefinition();
  expect(Object.keys(definition.functions())).toContain('send-messages');
  expect(definition.queues()['SendQueue']?.RedrivePolicy?.deadLetterTargetArn).toBe('SendDeadLetterQueue');
  expect(definition.tables()['Table']?.TimeToLiveSpecification.AttributeName).toBe('expiresAt');
});

test('a parameter takes its default', () => {
  const definition = parseServiceDefinition(`
params: { default: { size: 7 } }
functions:
  work:
    handler: handlers/work.handler
    timeout: 60
    events:
      - sqs: { arn: { 'Fn::GetAtt': [Q, Arn] }, batchSize: '\${param:size}', functionResponseType: ReportBatchItemFailures }
`);
  expect(definition.functions()['work']?.events).toEqual([
    { sqs: { arn: 'Q', batchSize: 7, functionResponseType: 'ReportBatchItemFailures' } },
  ]);
});

test('a variable of a function that refers to a resource takes what that resource is here', () => {
  const definition = parseServiceDefinition(`
functions:
  work:
    handler: handlers/work.handler
    timeout: 60
    environment: { JOBS_URL: { Ref: Jobs }, BUS_NAME: { Ref: Elsewhere }, LEVEL: high }
  more: { handler: handlers/more.handler, timeout: 60, environment: { TABLE: { Ref: Rows } } }
`);
  const here: Record<string, string> = { Jobs: 'http://127.0.0.1/jobs', Rows: 'rows-1' };
  expect(variablesOf(definition.functions(), (name) => here[name])).toEqual({
    JOBS_URL: 'http://127.0.0.1/jobs',
    TABLE: 'rows-1',
  });
});

test('a trigger that the local stack does not know is refused, not ignored', () => {
  const definition = parseServiceDefinition(
    'functions: { work: { handler: handlers/work.handler, timeout: 60, events: [{ sns: topic }] } }',
  );
  expect(() => definition.functions()).toThrow();
});
