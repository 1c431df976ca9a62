import {
  CreateSecretCommand,
  DescribeSecretCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
  SecretsManagerServiceException,
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
  try {
    const isThere = await exists(client, name);
    const isMade = !isThere || rotate;
    const value = isMade ? (given ?? randomText(LENGTH, random)) : undefined;
    if (value !== undefined && !dryRun) await write(client, { name, value, isThere });
    print(doneLine(name, isMade, isThere));
    if (dryRun) return print(say('Nothing was changed (--dry-run).', '未做任何改动。'));
    if (value !== undefined && given === undefined) print(`    ${colors.bold(value)}  ${colors.dim(ONCE)}`);
    // CloudFormation reads a secret again only where something beside it changes.
    const renewed = isThere && isMade ? ' --param "secretsRevision=$(date +%s)"' : '';
    print(`${say('Next', '接下来')}: WEBHOOK_URL=${url} npm run deploy -- --stage ${stage}${renewed}`);
  } catch (error) {
    if (!(error instanceof SecretsManagerServiceException || isUnreachable(error))) throw error;
    throw new CommandError(
      say(
        `The secret ${name} cannot be written in ${region}: ${error.name}: ${error.message}\nCheck --region, the AWS credentials and their rights (${RIGHTS.join(', ')}).`,
        `无法在 ${region} 写入密钥 ${name}：${error.name}: ${error.message}\n请检查 --region、AWS 凭证及其权限（${RIGHTS.join('、')}）。`,
      ),
    );
  } finally {
    client.destroy();
  }
}

const RIGHTS = ['DescribeSecret', 'CreateSecret', 'PutSecretValue'].map((call) => `secretsmanager:${call}`);
const ONCE = say(
  'shown only now: your backend compares the header x-qingniao-secret with it',
  '仅此一次显示：请在你的后端与请求头 x-qingniao-secret 比较',
);

function doneLine(name: string, isMade: boolean, isThere: boolean): string {
  const made = isThere ? say('replaced', '替换') : say('made', '新建');
  const mark = isMade ? colors.green('✔') : colors.dim('·');
  return `${mark} ${name}  ${say('secret of the webhook', 'webhook 密钥')}: ${isMade ? made : say('kept', '保留')}`;
}

async function write(
  client: SecretsManagerClient,
  { name, value, isThere }: { readonly name: string; readonly value: string; readonly isThere: boolean },
): Promise<void> {
  const Description = 'Header x-qingniao-secret of the webhook';
  if (isThere) await client.send(new PutSecretValueCommand({ SecretId: name, SecretString: value }));
  else await client.send(new CreateSecretCommand({ Name: name, SecretString: value, Description }));
}

/** Neither an answer of AWS's nor a fault of ours: no connection, or no credentials. */
function isUnreachable(error: unknown): error is Error {
  return error instanceof Error && ('code' in error || error.name === 'CredentialsProviderError');
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
