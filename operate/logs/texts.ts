import colors from 'picocolors';
import type { BilingualText } from '../../lib/bilingual-text.ts';
import type { Happening } from './story.ts';

/** What `npm run logs -- --help` prints. */
export const HELP = `Tells one message's story: what the table knows of it and what the functions logged about it, in the order in which it happened,
and what to do now. It only reads.
讲述一条消息的经过：表中的记录和各函数的日志，按时间排列，并说明下一步该怎么做。只读。

  npm run logs -- MESSAGE_ID --stage NAME [--region REGION]
  npm run logs -- MESSAGE_ID --table NAME --app-id APPID

  --stage NAME      the deployed stage; its table and its functions are looked up in its CloudFormation stack
                    已部署的 stage，数据表和函数从 CloudFormation 查得
  --region REGION   where it is deployed (default: AWS_REGION, else ap-southeast-1)
                    部署区域
  --table NAME      the table alone, without logs; AWS_ENDPOINT_URL_DYNAMODB says where, for the local stack
                    只看数据表，不看日志；本地环境用 AWS_ENDPOINT_URL_DYNAMODB 指定地址
  --app-id APPID    the mini program in that table (default: WECHAT_APP_ID)
                    表中的小程序（默认 WECHAT_APP_ID）
  --json            one JSON object instead of lines
                    输出一个 JSON 对象
  --help, -h        show this text
                    显示本说明

It needs cloudformation:DescribeStacks, dynamodb:GetItem, logs:DescribeLogGroups and logs:FilterLogEvents.
Recipients of campaigns are told by GET /v1/campaigns/{id}/runs/{runId}/recipients/{openid}.
`;

/** One line of a story. */
export function lineOf({ atMs, source, says, isTrouble = false }: Happening): string {
  const when = colors.dim(new Date(atMs).toISOString());
  const text = source === 'table' ? both(says) : says.en;
  return `${when}  ${colors.bold(source.padEnd(16))} ${isTrouble ? colors.yellow(text) : text}`;
}

/** A text in both languages. */
export function both({ en, zh }: BilingualText): string {
  return `${en} ${zh}`;
}
