import colors from 'picocolors';
import { explained, runCommand } from '../../operate/command-line.ts';
import { type Language, languageOf } from '../dev/language.ts';
import { outcomeTable } from './outcome-table.ts';
import * as scenes from './scenes.ts';
import { openStage, print, type Stage } from './stage.ts';
import { twoAppsDoNotSeeEachOther } from './two-apps.ts';

const HELP = `npm run demo [-- --lang en|zh]

Starts the service, a simulated WeChat, DynamoDB and SQS on this machine, on free ports, and plays the main job over HTTP:
log in, record grants, send now, at a time and by a campaign, a refusal, a validation error, a retry, a second mini program.
Exits 0 only if every promise was kept. Nothing is installed, kept or sent anywhere. AWS_ENDPOINT_URL_DYNAMODB names a DynamoDB
engine to use instead of the one that comes along; other settings are not read.

在本机空闲端口上启动服务、模拟微信、DynamoDB 和 SQS，通过 HTTP 演示完整流程；所有承诺都兑现时退出码为 0。
AWS_ENDPOINT_URL_DYNAMODB 可指定另一个 DynamoDB 引擎；不读取其他设置。
`;

const TEMPLATE_TITLES = { shipped: '订单发货通知', appointment: '预约提醒', priceDrop: '商品降价提醒' };

await runCommand({ name: 'demo', help: HELP, options: { lang: { type: 'string' } } }, async ({ lang }) =>
  demo(languageOf(lang)),
);

async function demo(language: Language): Promise<number> {
  const startedAtMs = Date.now();
  const stage = await openStage(language);
  try {
    print(
      colors.bold(
        stage.text({ en: 'Qingniao: the whole service on this machine', zh: '青鸟：整套服务就在这台机器上' }),
      ),
    );
    stage.say({
      en: `API ${stage.stack.apiUrl}, simulated WeChat ${stage.wechat.url}, up in ${Date.now() - startedAtMs} ms.`,
      zh: `接口 ${stage.stack.apiUrl}，模拟微信 ${stage.wechat.url}，启动用时 ${Date.now() - startedAtMs} 毫秒。`,
    });
    await play(stage);
    return await verdict(stage);
  } catch (error) {
    print(colors.red(`\n✘ ${explained(error)}`));
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
async function verdict(stage: Stage): Promise<number> {
  stage.chapter({ en: 'Every message and its outcome', zh: '每条消息的结果' });
  print(await outcomeTable(stage));
  const outcomes = await Promise.all(stage.tracked.map(({ outcome }) => outcome()));
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
  print(
    kept
      ? colors.green(`\n${stage.text({ en: 'Every promise was kept.', zh: '所有承诺都已兑现。' })}`)
      : colors.red(`\n${stage.text({ en: 'Broken promises', zh: '未兑现的承诺' })}: ${stage.broken.length}`),
  );
  if (kept) {
    print(
      stage.text({
        en: 'Next: npm run dev keeps it running for your own requests. 中文演示: npm run demo -- --lang zh',
        zh: '接下来：npm run dev 让它一直运行，供你自己调用。English: npm run demo -- --lang en',
      }),
    );
  }
  return kept ? 0 : 1;
}
