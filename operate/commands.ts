import { say } from './language.ts';

/** A command with what it is for, in one line. */
export type CommandLine = readonly [name: string, does: string];

/** What somebody runs who uses the service, from the first look to the daily work. */
export const FOR_USERS: readonly CommandLine[] = [
  ['help', say('this list', '本列表')],
  [
    'demo',
    say(
      'the whole service plays its main job on this machine, within a minute',
      '一分钟内在本机演示整套服务的主要流程',
    ),
  ],
  [
    'dev',
    say(
      'runs the service on this machine, with a simulated WeChat and a phone to tap',
      '在本机运行服务，带模拟微信和可点击的手机',
    ),
  ],
  [
    'dev:users',
    say(
      'makes simulated users who allow everything, for a first campaign',
      '创建允许所有模板的模拟用户，用于第一个群发',
    ),
  ],
  [
    'setup',
    say(
      'prepares a stage: secrets, mini programs, API keys, a webhook',
      '准备一个环境：密钥、小程序、API Key、webhook',
    ),
  ],
  ['deploy', say('deploys a stage to AWS', '把一个环境部署到 AWS')],
  ['package', say('makes what would be deployed, without network', '生成部署所需的文件，不需要网络')],
  [
    'doctor',
    say('examines a stage and says what to do about what is wrong', '检查一个环境，并说明如何处理发现的问题'),
  ],
  ['template', say('lists, tries, adds and removes templates', '查看、检查、添加、删除模板')],
  ['campaign', say('makes, runs and watches campaigns', '创建、发送、查看群发活动')],
  ['logs', say("tells one message's story", '一条消息的经过')],
  ['audit', say("recomputes every user's grants and reports drift", '重新计算每个用户的授权，报告偏差')],
  ['redrive', say('brings back what lies in a dead-letter queue', '重新处理死信队列中的记录')],
  ['restore', say('brings the table back to an earlier moment', '把数据表恢复到过去的时间点')],
  ['cost', say('reckons what it costs at AWS', '估算在 AWS 上的费用')],
  ['miniprogram', say('builds the client module and the sample mini program', '构建小程序模块和示例小程序')],
  ['docs', say('the documents as a site, in Chinese and English', '中英文的文档网站')],
];

/** What somebody runs who works on the project itself. */
export const FOR_CONTRIBUTORS: readonly CommandLine[] = [
  ['test', say('everything below check, then all tests', 'check 的全部内容，然后运行所有测试')],
  [
    'check',
    say(
      'types, lint, unused code, whether generated files are current',
      '类型、代码规范、无用代码、生成文件是否为最新',
    ),
  ],
  ['types', say('the compiler over every part', '对各部分运行编译器')],
  ['lint', say('format and rules (Biome)', '格式与规范（Biome）')],
  ['unused', say('code that nothing uses (knip)', '无用代码（knip）')],
  [
    'openapi',
    say(
      'writes openapi.yaml and events.schema.json from the code',
      '由代码生成 openapi.yaml 和 events.schema.json',
    ),
  ],
  ['build:console', say('builds the console', '构建控制台')],
  ['sizes', say('how large each function is', '每个函数的大小')],
  ['simulate', say('the rules in as many simulated worlds as you like', '在任意多个模拟世界中检验规则')],
  ['fuzz', say('mutated pushes of WeChat against the real handler', '向处理函数发送变异的微信推送')],
  ['bench', say('the service measured beside its peers', '与同类方案对比测量')],
  ['bench:campaign', say('one campaign whose senders are killed on the way', '一次群发，发送进程中途被杀死')],
  ['test:supply', say('licences, credentials in files, the lock file', '许可证、文件中的凭证、锁文件')],
  ['test:measured', say('pace and punctuality, with nothing else running', '节奏与准时性，单独运行')],
  ['test:engines', say('senders killed and frozen over real engines', '在真实引擎上杀死、冻结发送进程')],
  [
    'test:apps',
    say('three mini programs in one stack, thousands of operations', '一个环境中的三个小程序，数千次操作'),
  ],
  ['test:phone', say('the phone of npm run dev in a browser', '在浏览器中测试 npm run dev 的手机')],
  ['test:console', say('the console in a browser', '在浏览器中测试控制台')],
  ['test:docs', say('the site built and looked at in a browser', '构建文档网站并在浏览器中检查')],
  ['test:deploy', say('a deployment to an AWS on this machine', '部署到本机模拟的 AWS')],
  ['test:template', say('linters over the templates of all ways to deploy', '检查各种部署方式的模板')],
  [
    'test:clients',
    say('generated clients, and linters over openapi.yaml', '生成的客户端，以及对 openapi.yaml 的检查'),
  ],
  [
    'test:frameworks',
    say('the samples for uni-app and Taro, really compiled', 'uni-app 和 Taro 示例，用真实的编译器'),
  ],
  ['test:recipes', say('each recipe against the local stack', '每个示例对本地服务运行')],
  ['test:sdks', say("other people's SDKs over the simulated WeChat", '用他人的 SDK 调用模拟微信')],
  [
    'test:mutations',
    say('deliberate faults that the simulation must notice', '故意引入的错误，模拟必须发现'),
  ],
  [
    'test:dynamodb-local',
    say('stores and promises over DynamoDB Local', '在 DynamoDB Local 上测试存储与承诺'),
  ],
];

/** Run by npm itself, and of no use by hand. */
export const OF_NPM: readonly string[] = ['prepare'];
