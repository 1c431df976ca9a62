import colors from 'picocolors';
import { createLineLogger, lineFor, lineForEvent } from './dev/lines.ts';
import { type DevCommand, DevOptionsError, readDevOptions } from './dev/options.ts';
import { greeting, HELP, portInUse } from './dev/texts.ts';
import { bothLoggers, openTrace, type Trace } from './dev/trace.ts';
import { type Phone, startPhone } from './phone/phone.ts';
import { NoDynamoDbEngineError } from './stack/no-engine-error.ts';
import { PortInUseError } from './stack/port-in-use.ts';
import { type Stack, startStack } from './stack/stack.ts';

type StartCommand = Extract<DevCommand, { type: 'start' }>;

/** After this, what has not closed is left to end with the process. */
const CLOSE_WITHIN_MS = 900;

const command = orExit(() => readDevOptions(process.argv.slice(2), process.env));
if (command.type === 'help') process.stdout.write(HELP);
else await run(command);

async function run(started: StartCommand): Promise<void> {
  const trace = await openTrace(started.stack.dataDir);
  const stack = await start(started, trace).catch(async (error) => {
    await trace.close();
    return exitWith(explain(error, started));
  });
  await trace.tell(stack);
  const phone = await openPhone(stack, started.phonePort).catch((error) => exitWith(explain(error, started)));
  process.stdout.write(greeting(stack, started.stack.dataDir, phone?.url));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => end(stack, trace));
  // What became due while nothing ran does not wait for the next minute.
  if (started.stack.dataDir !== undefined) await stack.dispatchNow().catch(() => undefined);
}

/** A phone to look at; it needs the simulated WeChat. Where somebody has its usual port it takes another. */
async function openPhone({ apiUrl, wechatUrl }: Stack, port: number): Promise<Phone | undefined> {
  if (wechatUrl === undefined) return undefined;
  const open = (at: number) => startPhone({ port: at, apiUrl, wechatUrl });
  return open(port).catch((error) => {
    if (error instanceof PortInUseError && process.env['PHONE_PORT'] === undefined) return open(0);
    throw error;
  });
}

function start({ stack, port, wechatPort }: StartCommand, trace: Trace): Promise<Stack> {
  return startStack({
    ...stack,
    port,
    wechatPort,
    followChanges: true,
    onEvent: (event) => print(lineForEvent(event)),
    logger: bothLoggers(createLineLogger(print), trace.logger),
    observe: (observation) => {
      const line = lineFor(observation);
      if (line !== undefined) print(line);
    },
  });
}

function print(line: string): void {
  process.stdout.write(`${colors.dim(new Date().toTimeString().slice(0, 8))} ${line}\n`);
}

async function end(stack: Stack, trace: Trace): Promise<void> {
  process.stdout.write('\nClosing… 正在退出…\n');
  setTimeout(() => process.exit(0), CLOSE_WITHIN_MS);
  await trace.close();
  await stack.close().catch((error) => exitWith(`It did not close cleanly: ${error.message}`));
  process.exit(0);
}

function explain(error: unknown, { wechatPort, phonePort }: StartCommand): string {
  if (error instanceof PortInUseError) {
    if (error.port === phonePort) return portInUse(error.port, 'PHONE_PORT');
    return portInUse(error.port, error.port === wechatPort ? 'WECHAT_SIMULATOR_PORT' : 'PORT');
  }
  if (error instanceof NoDynamoDbEngineError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function orExit<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof DevOptionsError) exitWith(error.message);
    throw error;
  }
}

function exitWith(message: string): never {
  process.stderr.write(`${colors.red(message)}\n`);
  process.exit(1);
}
