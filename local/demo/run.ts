import colors from 'picocolors';
import { explained, JSON_OPTION, print, runCommand } from '../../operate/command-line.ts';
import { inLanguage, say } from '../../operate/language.ts';
import { outcomesOf, outcomeTable } from './outcome-table.ts';
import * as scenes from './scenes.ts';
import { openStage, type Stage } from './stage.ts';
import { twoAppsDoNotSeeEachOther } from './two-apps.ts';

const USAGE = {
  name: 'demo',
  about: say(
    'Starts the service, a simulated WeChat, DynamoDB and SQS on this machine, on free ports, and plays the main job over HTTP: log in, record grants, send now, at a time and by a campaign, a refusal, a validation error, a retry, a second mini program. Exits 0 only if every promise was kept. Nothing is installed, kept or sent anywhere.',
    '在本机空闲端口上启动服务、模拟微信、DynamoDB 和 SQS，通过 HTTP 演示完整流程：登录、授权上报、立即发送、定时发送、群发、拒收、参数错误、重试、第二个小程序。所有承诺都兑现时退出码为 0。不安装、不保存、不对外发送任何内容。',
  ),
  usages: [['']],
  options: { ...JSON_OPTION },
  notes: say(
    'AWS_ENDPOINT_URL_DYNAMODB names a DynamoDB engine to use instead of the one that comes along; other settings are not read. With --json the story goes to standard error.',
    'AWS_ENDPOINT_URL_DYNAMODB 可指定另一个 DynamoDB 引擎；不读取其他设置。加 --json 时，演示过程写到标准错误。',
  ),
} as const;

const TEMPLATE_TITLES = { shipped: '订单发货通知', appointment: '预约提醒', priceDrop: '商品降价提醒' };

await runCommand(USAGE, async ({ json }) => demo(json));

type Tell = (line: string) => void;

async function demo(json: boolean): Promise<number> {
  const startedAtMs = Date.now();
  const tell: Tell = json ? (line) => void process.stderr.write(`${line}\n`) : print;
  const stage = await openStage(tell);
  try {
    tell(
      colors.bold(
        inLanguage({ en: 'Qingniao: the whole service on this machine', zh: '青鸟：整套服务就在这台机器上' }),
      ),
    );
    stage.say({
      en: `API ${stage.stack.apiUrl}, simulated WeChat ${stage.wechat.url}, up in ${Date.now() - startedAtMs} ms.`,
      zh: `接口 ${stage.stack.apiUrl}，模拟微信 ${stage.wechat.url}，启动用时 ${Date.now() - startedAtMs} 毫秒。`,
    });
    await play(stage);
    return await verdict(stage, tell, json);
  } catch (error) {
    tell(colors.red(`\n✘ ${explained(error)}`));
    return 1;
  } finally {
    await stage.close();
  }
}

async function play(stage: Stage): Promise<void> {
  const templates = {
    shipped: templateNamed(stage, TEMPLATE_TITLES.shipped),
    appointment: templateNamed(stage, TEMPLATE_TITLES.appointment),
    priceDrop: templateNamed(stage, TEMPLATE_TITLES.priceDrop),
  };
  const ming = await scenes.logIn(stage, '小明');
  const hong = await scenes.logIn(stage, '小红');
  await scenes.grantsAreCounted(stage, ming, hong, templates);
  await scenes.sendsNow(stage, ming, templates);
  await scenes.checksBeforeWeChat(stage, ming, templates);
  await scenes.sendsAtATime(stage, hong, templates);
  await scenes.sendsByCampaign(stage, [ming, hong], templates);
  await scenes.retriesWhatIsSafe(stage, ming, templates);
  await scenes.aRefusalEndsWhatIsBooked(stage, hong, templates);
  await twoAppsDoNotSeeEachOther(stage, ming, templates.priceDrop);
}

function templateNamed({ wechat }: Stage, title: string): string {
  const template = wechat.templates().find((candidate) => candidate.title === title);
  if (!template) throw new Error(`The simulated WeChat has no template "${title}".`);
  return template.templateId;
}

/** Holds the service's account against WeChat's own record of the same story. */
async function verdict(stage: Stage, tell: Tell, json: boolean): Promise<number> {
  stage.chapter({ en: 'Every message and its outcome', zh: '每条消息的结果' });
  const outcomes = await outcomesOf(stage);
  tell(outcomeTable(outcomes));
  const reachedUsers = outcomes.filter(({ status }) => status === 'sent' || status === 'unknown').length;
  const records = stage.wechat.apps().map((app) => app.received().stats);
  const acceptedSends = records.reduce((sum, record) => sum + record.acceptedSends, 0);
  stage.chapter({ en: "Held against WeChat's own record", zh: '与微信一侧的记录核对' });
  stage.promise(acceptedSends === reachedUsers, {
    en: `WeChat accepted ${acceptedSends} sends: the ${reachedUsers} that we call sent or unknown.`,
    zh: `微信共接受 ${acceptedSends} 次发送，正是我们标记为 sent 或 unknown 的 ${reachedUsers} 条。`,
  });
  stage.promise(
    records.every(({ byCall }) => byCall['stable-token']?.total === 1),
    {
      en: 'One access token was fetched for each mini program, for all of it.',
      zh: '整个过程中，每个小程序只获取了一次 access_token。',
    },
  );
  const kept = stage.broken.length === 0;
  const broken = say('Broken promises', '未兑现的承诺');
  tell(
    kept
      ? colors.green(`\n${say('Every promise was kept.', '所有承诺都已兑现。')}`)
      : colors.red(`\n${broken}: ${stage.broken.length}`),
  );
  if (kept)
    tell(
      say(
        'Next: npm run dev keeps it running for your own requests. 中文演示: npm run demo -- --lang zh',
        '接下来：npm run dev 让它一直运行，供你自己调用。English: npm run demo -- --lang en',
      ),
    );
  if (json) print(JSON.stringify({ kept, broken: stage.broken, messages: outcomes }));
  return kept ? 0 : 1;
}
