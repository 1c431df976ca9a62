import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import * as v from 'valibot';
import type { Environment } from '../lib/wiring/cold-start.ts';
import { CommandError } from './command-line.ts';

const outputsSchema = v.object({
  TableName: v.string(),
  SendQueueUrl: v.string(),
  SendDeadLetterQueueUrl: v.string(),
  HttpApiUrl: v.exactOptional(v.string()),
});

/** What was deployed as one stage. */
export interface DeployedStage {
  readonly appId: string | undefined;
  readonly apiUrl: string | undefined;
  readonly tableName: string;
  readonly queueUrl: string;
  readonly deadLetterQueueUrl: string;
}

/**
 * Looks a stage up in its CloudFormation stack, whose outputs are named in serverless.yml.
 *
 * @throws CommandError when there is no such stack, or it is not one of this service
 */
export async function findStage(env: Environment, stage: string): Promise<DeployedStage> {
  const StackName = `qingniao-${stage}`;
  const region = env['AWS_REGION'] ?? '';
  const client = new CloudFormationClient({ region });
  try {
    const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName }));
    const { Outputs = [], Parameters = [] } = Stacks[0] ?? {};
    const outputs = v.parse(
      outputsSchema,
      Object.fromEntries(Outputs.map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue])),
    );
    return {
      appId: Parameters.find(({ ParameterKey }) => ParameterKey === 'WechatAppId')?.ParameterValue,
      apiUrl: outputs.HttpApiUrl,
      tableName: outputs.TableName,
      queueUrl: outputs.SendQueueUrl,
      deadLetterQueueUrl: outputs.SendDeadLetterQueueUrl,
    };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CommandError(
      `The stack ${StackName} cannot be read in ${region}: ${reason}\nCheck --stage, --region and the AWS credentials. 请检查 --stage、--region 和 AWS 凭证。`,
    );
  } finally {
    client.destroy();
  }
}
