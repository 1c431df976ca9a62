import colors from 'picocolors';
import type { BilingualText } from '../../lib/bilingual-text.ts';
import type { Happening } from './story.ts';

/** What an operator must be allowed to do. */
export const PERMISSIONS = [
  'cloudformation:DescribeStacks',
  'dynamodb:GetItem',
  'dynamodb:Query',
  'logs:DescribeLogGroups',
  'logs:FilterLogEvents',
  'ssm:GetParameters',
] as const;

/** What `npm run logs -- --help` prints. */
export const HELP = `Tells one message's story: what the table knows of it and what the functions logged about it, in the order in which it happened,
and what to do now. It only reads.
讲述一条消息的经过：表中的记录和各函数的日志，按时间排列，并说明下一步该怎么做。只读。

  npm run logs -- MESSAGE_ID --stage NAME [--region REGION]
  npm run logs -- MESSAGE_ID --local
  npm run logs -- RUN_ID --openid OPENID --stage NAME

  MESSAGE_ID        msg_…, as the API answers it
                    接口返回的消息编号
  RUN_ID --openid   a recipient of a run of a campaign
                    一次群发（run_…）中的一个收件人
  --stage NAME      the deployed stage; its table and its functions are looked up in its CloudFormation stack
                    已部署的环境，数据表和函数从 CloudFormation 查得
  --region REGION   where it is deployed (default: AWS_REGION, else ap-southeast-1)
                    部署区域
  --local           what npm run dev runs; PORT names another port of its API than 3000
                    npm run dev 的本地服务；端口不是 3000 时用 PORT 指定
  --table NAME      the table alone, without logs; AWS_ENDPOINT_URL_DYNAMODB says where
                    只看数据表，不看日志；用 AWS_ENDPOINT_URL_DYNAMODB 指定地址
  --app APPID       only this mini program (default: every one of the stage; with --table, WECHAT_APP_ID)
                    只查这个小程序；默认查环境中的每个小程序，与 --table 同用时默认为 WECHAT_APP_ID
  --json            one JSON object instead of lines
                    输出一个 JSON 对象
  --help, -h        show this text
                    显示本说明

It needs ${PERMISSIONS.join(', ')}.
所需权限如上。
`;

/** One line of a story. */
export function lineOf({ atMs, source, says, isTrouble = false }: Happening): string {
  const when = colors.dim(new Date(atMs).toISOString());
  const text = both(says);
  return `${when}  ${colors.bold(source.padEnd(16))} ${isTrouble ? colors.yellow(text) : text}`;
}

/** A text in both languages. */
export function both({ en, zh }: BilingualText): string {
  return zh === '' ? en : `${en} ${zh}`;
}
