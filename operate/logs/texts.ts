import colors from 'picocolors';
import { JSON_OPTION, STAGE_OPTIONS, ZONE_OPTION } from '../command-line.ts';
import { inLanguage, say } from '../language.ts';
import { localTime } from '../times.ts';
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

/** How `npm run logs` is called. */
export const USAGE = {
  name: 'logs',
  about: say(
    "Tells one message's story: what the table knows of it and what the functions logged about it, in the order in which it happened, and what to do now. It only reads.",
    '讲述一条消息的经过：表中的记录和各函数的日志，按时间排列，并说明下一步该怎么做。只读。',
  ),
  usages: [
    ['MESSAGE_ID --stage NAME [--region REGION]'],
    ['MESSAGE_ID --local'],
    ['RUN_ID --openid OPENID --stage NAME'],
  ],
  takesWords: true,
  words: {
    MESSAGE_ID: say('msg_…, as the API answers it', '接口返回的消息编号（msg_…）'),
    RUN_ID: say(
      'run_…, with --openid: a recipient of a run of a campaign',
      'run_…，与 --openid 同用：一次群发中的一个收件人',
    ),
  },
  options: {
    openid: { type: 'string', value: 'OPENID', help: say('the recipient of RUN_ID', 'RUN_ID 的收件人') },
    ...STAGE_OPTIONS,
    local: {
      type: 'boolean',
      default: false,
      help: say(
        'what npm run dev runs; PORT names another port of its API than 3000',
        'npm run dev 的本地服务；端口不是 3000 时用 PORT 指定',
      ),
    },
    table: {
      type: 'string',
      value: 'NAME',
      help: say(
        'the table alone, without logs; AWS_ENDPOINT_URL_DYNAMODB says where',
        '只看数据表，不看日志；用 AWS_ENDPOINT_URL_DYNAMODB 指定地址',
      ),
    },
    app: {
      type: 'string',
      value: 'APPID',
      help: say(
        'only this mini program (default: every one of the stage; with --table, WECHAT_APP_ID)',
        '只查这个小程序；默认查环境中的每个小程序，与 --table 同用时默认为 WECHAT_APP_ID',
      ),
    },
    'app-id': { type: 'string', value: 'APPID', help: say('an earlier name of --app', '--app 的旧名') },
    ...ZONE_OPTION,
    ...JSON_OPTION,
  },
  notes: say(`It needs ${PERMISSIONS.join(', ')}.`, `所需权限：${PERMISSIONS.join('、')}。`),
} as const;

/** One line of a story. */
export function lineOf({ atMs, source, says, isTrouble = false }: Happening): string {
  const when = colors.dim(localTime(atMs));
  const text = inLanguage(says);
  return `${when}  ${colors.bold(source.padEnd(16))} ${isTrouble ? colors.yellow(text) : text}`;
}
