import { strict as assert } from 'node:assert';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStacksCommand,
  ListStackResourcesCommand,
  waitUntilStackCreateComplete,
} from '@aws-sdk/client-cloudformation';
import { IAMClient, PutRolePermissionsBoundaryCommand } from '@aws-sdk/client-iam';
import { AssumeRoleWithWebIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { Checkout } from './checkout.ts';
import type { Aws } from './local-aws.ts';
import type { Environment } from './serverless.ts';

const ISSUER = 'token.actions.githubusercontent.com';
const ACCOUNT = '000000000000';
const ENVIRONMENT = 'repo:owner/name:environment:test';
const WAIT_SECONDS = 60;

/** What a stage is deployed with from GitHub. */
export interface DeployingRole {
  /** The credentials of a job that the role is lent to. */
  readonly env: Environment;
  readonly permissionsBoundary: string;
  /** Puts the boundary on the stack's roles, which ministack's CloudFormation leaves out. */
  bound(): Promise<void>;
  remove(): Promise<void>;
}

/**
 * Makes the deploying role as an administrator does, and takes it as a job of GitHub does.
 *
 * @throws Error where a job of another branch or environment is lent it too
 */
export async function lendDeployingRole(
  aws: Aws,
  { folder }: Checkout,
  stage: string,
): Promise<DeployingRole> {
  const [formation, iam] = [new CloudFormationClient(aws), new IAMClient(aws)];
  const StackName = `deploys-qingniao-${stage}`;
  const given = {
    Repository: 'owner/name',
    Stage: stage,
    Environment: 'test',
    ProviderArn: `arn:aws:iam::${ACCOUNT}:oidc-provider/${ISSUER}`,
  };
  await formation.send(
    new CreateStackCommand({
      StackName,
      TemplateBody: await readFile(join(folder, 'deploy/deploy-role.yml'), 'utf8'),
      Capabilities: ['CAPABILITY_NAMED_IAM'],
      Parameters: Object.entries(given).map(([ParameterKey, ParameterValue]) => ({
        ParameterKey,
        ParameterValue,
      })),
    }),
  );
  await waitUntilStackCreateComplete(
    { client: formation, maxWaitTime: WAIT_SECONDS, minDelay: 1 },
    { StackName },
  );
  const { Stacks = [] } = await formation.send(new DescribeStacksCommand({ StackName }));
  const output = (key: string) =>
    Stacks[0]?.Outputs?.find(({ OutputKey }) => OutputKey === key)?.OutputValue ??
    assert.fail(`${StackName} has no output ${key}.`);
  const permissionsBoundary = output('BoundaryName');

  for (const subject of ['repo:owner/name:ref:refs/heads/main', 'repo:owner/name:environment:other'])
    await assert.rejects(lentTo(aws, output('RoleArn'), subject), { name: 'AccessDenied' });

  return {
    env: await lentTo(aws, output('RoleArn'), ENVIRONMENT),
    permissionsBoundary,
    async bound() {
      const { StackResourceSummaries = [] } = await formation.send(
        new ListStackResourcesCommand({ StackName: `qingniao-${stage}` }),
      );
      const roles = StackResourceSummaries.filter(({ ResourceType }) => ResourceType === 'AWS::IAM::Role');
      assert.ok(roles.length > 0, 'The stack has no roles.');
      for (const { PhysicalResourceId: RoleName } of roles)
        await iam.send(
          new PutRolePermissionsBoundaryCommand({
            RoleName,
            PermissionsBoundary: `arn:aws:iam::${ACCOUNT}:policy/${permissionsBoundary}`,
          }),
        );
    },
    async remove() {
      await formation.send(new DeleteStackCommand({ StackName }));
      for (const client of [formation, iam]) client.destroy();
    },
  };
}

/** The credentials that a job of GitHub's gets for its token. ministack reads the token and does not verify who signed it. */
async function lentTo({ endpoint, region }: Aws, RoleArn: string, sub: string): Promise<Environment> {
  const part = (claims: object) => Buffer.from(JSON.stringify(claims)).toString('base64url');
  const claims = { iss: `https://${ISSUER}`, aud: 'sts.amazonaws.com', sub };
  const sts = new STSClient({ endpoint, region });
  const { Credentials } = await sts
    .send(
      new AssumeRoleWithWebIdentityCommand({
        RoleArn,
        RoleSessionName: 'GitHubActions',
        WebIdentityToken: `${part({ alg: 'RS256', typ: 'JWT' })}.${part(claims)}.x`,
      }),
    )
    .finally(() => sts.destroy());
  assert.ok(Credentials, 'No credentials were lent.');
  return {
    AWS_ACCESS_KEY_ID: Credentials.AccessKeyId ?? '',
    AWS_SECRET_ACCESS_KEY: Credentials.SecretAccessKey ?? '',
    AWS_SESSION_TOKEN: Credentials.SessionToken ?? '',
  };
}
