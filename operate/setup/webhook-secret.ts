import {
  CreateSecretCommand,
  DescribeSecretCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import colors from 'picocolors';
import { CommandError } from '../command-line.ts';
import { say } from '../language.ts';
import { type RandomInt, randomText } from './random-text.ts';

/** What is wanted of the secret that the webhook's requests carry. */
export interface WebhookWishes {
  /** The address, for the command that comes next. */
  readonly url: string;
  /** As the options of a command name it. */
  readonly stage: string;
  readonly secretName: string;
  readonly region: string;
  /** What somebody made themselves; else it is made here. */
  readonly given: string | undefined;
  readonly rotate: boolean;
  readonly dryRun: boolean;
}

const LENGTH = 43;

/** Sees that the secret is there, shows a new one once, and says what comes next. What exists is kept unless it is to be rotated. */
export async function setUpWebhook(
  { url, stage, secretName: name, region, given, rotate, dryRun }: WebhookWishes,
  { random, print }: { readonly random: RandomInt; readonly print: (line: string) => void },
): Promise<void> {
  const client = new SecretsManagerClient({ region });
  const fail = (error: Error): never => {
    throw new CommandError(
      say(
        `The secret ${name} cannot be written in ${region}: ${error.name}: ${error.message}\nCheck --region, the AWS credentials and their rights (secretsmanager:DescribeSecret, secretsmanager:CreateSecret, secretsmanager:PutSecretValue).`,
        `无法在 ${region} 写入密钥 ${name}：${error.name}: ${error.message}\n请检查 --region、AWS 凭证及其权限（secretsmanager:DescribeSecret、secretsmanager:CreateSecret、secretsmanager:PutSecretValue）。`,
      ),
    );
  };
  try {
    const isThere = await exists(client, name).catch(fail);
    const value = isThere && !rotate ? undefined : (given ?? randomText(LENGTH, random));
    if (value !== undefined && !dryRun) {
      const command = isThere
        ? new PutSecretValueCommand({ SecretId: name, SecretString: value })
        : new CreateSecretCommand({
            Name: name,
            SecretString: value,
            Description: 'Header x-qingniao-secret of the webhook',
          });
      await (command instanceof CreateSecretCommand ? client.send(command) : client.send(command)).catch(
        fail,
      );
    }
    const done = isThere ? (rotate ? say('replaced', '替换') : say('kept', '保留')) : say('made', '新建');
    print(
      `${value === undefined ? colors.dim('·') : colors.green('✔')} ${name}  ${say('secret of the webhook', 'webhook 密钥')}: ${done}`,
    );
    if (dryRun) return print(say('Nothing was changed (--dry-run).', '未做任何改动。'));
    if (value !== undefined && given === undefined) {
      const once = say(
        'shown only now: your backend compares the header x-qingniao-secret with it',
        '仅此一次显示：请在你的后端与请求头 x-qingniao-secret 比较',
      );
      print(`    ${colors.bold(value)}  ${colors.dim(once)}`);
    }
    const deploy = `WEBHOOK_URL=${url} npm run deploy -- --stage ${stage}`;
    // CloudFormation reads a secret again only where something beside it changes.
    const renewed = isThere && rotate ? ' --param "secretsRevision=$(date +%s)"' : '';
    print(`${say('Next', '接下来')}: ${deploy}${renewed}`);
  } finally {
    client.destroy();
  }
}

async function exists(client: SecretsManagerClient, SecretId: string): Promise<boolean> {
  try {
    await client.send(new DescribeSecretCommand({ SecretId }));
    return true;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return false;
    throw error;
  }
}
