/** One way to deploy the service, whose template is checked. */
export interface Variant {
  readonly name: string;
  readonly stage: string;
  /** Packaged for the first; the template is the same in the others, and is checked for each. */
  readonly regions: readonly [string, ...string[]];
  readonly params: Readonly<Record<string, string>>;
  /** Whether subnets and a domain are named, so that nothing that depends on them is empty. */
  readonly isFull: boolean;
}

function everything(partition: string, region: string): Record<string, string> {
  return {
    vpcSubnetIds: 'subnet-0123456789abcdef0,subnet-0123456789abcdef1',
    vpcSecurityGroupIds: 'sg-0123456789abcdef0',
    domainName: 'api.example.com',
    domainCertificateArn: `arn:${partition}:acm:${region}:123456789012:certificate/01234567-89ab-cdef-0123-456789abcdef`,
    alarmTopicArn: `arn:${partition}:sns:${region}:123456789012:alarms`,
    tracing: 'Active',
    permissionsBoundary: 'bounds-qingniao-prod',
    wechatEventsReservedConcurrency: '100',
    warmReadUnits: '16000',
    warmWriteUnits: '10000',
    webhookUrl: 'https://example.com/qingniao/events',
  };
}

const SINGAPORE = 'ap-southeast-1';
const BEIJING = 'cn-north-1';
const GLOBAL = [SINGAPORE, 'ap-east-1', 'us-east-1'] as const;

export const VARIANTS: readonly Variant[] = [
  { name: 'default', stage: 'dev', regions: GLOBAL, params: {}, isFull: false },
  { name: 'production', stage: 'prod', regions: [SINGAPORE], params: {}, isFull: false },
  {
    name: 'x86_64',
    stage: 'prod',
    regions: [SINGAPORE],
    params: { architecture: 'x86_64' },
    isFull: false,
  },
  {
    name: 'with-everything',
    stage: 'prod',
    regions: GLOBAL,
    params: everything('aws', SINGAPORE),
    isFull: true,
  },
  {
    name: 'aws-china',
    stage: 'prod',
    regions: [BEIJING],
    params: everything('aws-cn', BEIJING),
    isFull: true,
  },
];
