import { describe, expect, inject, test } from 'vitest';
import { parseTemplate, propertiesOf, resource, resourcesOfType } from './template.ts';

const { templateText } = inject('packaged');
const template = parseTemplate(templateText);
const { Conditions, Outputs } = JSON.parse(templateText) as Record<string, Record<string, unknown>>;
const functions = resourcesOfType(template, 'AWS::Lambda::Function');
const NOTHING = { Ref: 'AWS::NoValue' };

/** Whether a function is told where the AppSecret is. */
function carriesAppSecret(properties: Record<string, unknown>): boolean {
  return JSON.stringify(properties['Environment']).includes('WECHAT_APP_SECRET_PARAM');
}

const carriers = functions.filter(([, { Properties }]) => carriesAppSecret(Properties)).map(([id]) => id);
const others = functions.map(([id]) => id).filter((id) => !carriers.includes(id));

function roleOf(functionId: string): Record<string, unknown> {
  const { Role } = propertiesOf(template, functionId) as { Role: { 'Fn::GetAtt': [string, string] } };
  return propertiesOf(template, Role['Fn::GetAtt'][0]);
}

describe('a VPC', () => {
  test('is off unless subnets are named', () => {
    expect(Conditions?.['HasVpc']).toEqual({ 'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'VpcSubnetIds' }, ''] }] });
    expect(template.Parameters).toMatchObject({
      VpcSubnetIds: { Default: '' },
      DomainName: { Default: '' },
    });
  });

  test('takes in every function that carries the AppSecret, with the right to be there', () => {
    expect(carriers.length).toBeGreaterThan(5);
    for (const id of carriers) {
      expect([id, propertiesOf(template, id)['VpcConfig']]).toEqual([
        id,
        {
          'Fn::If': [
            'HasVpc',
            {
              SubnetIds: { 'Fn::Split': [',', { Ref: 'VpcSubnetIds' }] },
              SecurityGroupIds: { 'Fn::Split': [',', { Ref: 'VpcSecurityGroupIds' }] },
            },
            NOTHING,
          ],
        },
      ]);
      const policy = `arn:\${AWS::Partition}:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole`;
      expect([id, roleOf(id)['ManagedPolicyArns']]).toEqual([
        id,
        expect.arrayContaining([{ 'Fn::If': ['HasVpc', { 'Fn::Sub': policy }, NOTHING] }]),
      ]);
    }
  });

  test('takes in no other function', () => {
    for (const id of others) {
      expect([id, propertiesOf(template, id)['VpcConfig']]).toEqual([id, undefined]);
      expect(JSON.stringify(roleOf(id)['ManagedPolicyArns'])).not.toContain('VPCAccess');
    }
  });
});

describe('a domain', () => {
  test('is off unless it is named', () => {
    expect(Conditions?.['HasDomain']).toEqual({ 'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'DomainName' }, ''] }] });
    for (const id of ['ApiDomain', 'ApiDomainMapping']) {
      expect([id, (JSON.parse(templateText).Resources[id] as { Condition?: string }).Condition]).toEqual([
        id,
        'HasDomain',
      ]);
    }
  });

  test('leads to the API over a current TLS, and the stack says where DNS must point', () => {
    expect(resource(template, 'ApiDomain').Properties).toMatchObject({
      DomainNameConfigurations: [{ EndpointType: 'REGIONAL', SecurityPolicy: 'TLS_1_2' }],
    });
    expect(resource(template, 'ApiDomainMapping').Properties).toEqual({
      ApiId: { Ref: 'HttpApi' },
      DomainName: { Ref: 'ApiDomain' },
      Stage: { Ref: 'HttpApiStage' },
    });
    expect(Outputs).toMatchObject({
      ApiDomainUrl: { Condition: 'HasDomain' },
      ApiDomainTarget: {
        Condition: 'HasDomain',
        Value: { 'Fn::GetAtt': ['ApiDomain', 'RegionalDomainName'] },
      },
    });
  });
});

describe('tracing', () => {
  test('is off unless it is asked for, and allowed only then', () => {
    expect(template.Parameters).toMatchObject({ Tracing: { Default: 'PassThrough' } });
    expect(Conditions?.['HasTracing']).toEqual({ 'Fn::Equals': [{ Ref: 'Tracing' }, 'Active'] });
    for (const id of [...carriers, ...others]) {
      expect([id, propertiesOf(template, id)['TracingConfig']]).toEqual([id, { Mode: 'PassThrough' }]);
      const policy = `arn:\${AWS::Partition}:iam::aws:policy/AWSXRayDaemonWriteAccess`;
      expect([id, roleOf(id)['ManagedPolicyArns']]).toEqual([
        id,
        expect.arrayContaining([{ 'Fn::If': ['HasTracing', { 'Fn::Sub': policy }, NOTHING] }]),
      ]);
    }
  });
});
