import colors from 'picocolors';
import { CommandError, explained, print, runCommand } from '../operate/command-line.ts';
import { say } from '../operate/language.ts';
import { localTime } from '../operate/times.ts';
import { buildConsole } from './console/build-console.ts';
import { createFrontPage, type Places } from './dev/front-page.ts';
import { createLineLogger, lineFor, lineForAttempt, lineForEvent } from './dev/lines.ts';
import { type DevOptions, readDevOptions } from './dev/options.ts';
import { greeting, notTakenLine, portInUse, USAGE } from './dev/texts.ts';
import { bothLoggers, openTrace, type Trace } from './dev/trace.ts';
import { type Phone, startPhone } from './phone/phone.ts';
import { DEV_API_KEY } from './stack/environment.ts';
import type { ExtraPage } from './stack/http-server.ts';
import { PortInUseError } from './stack/port-in-use.ts';
import { type Stack, startStack } from './stack/stack.ts';

/** After this, what has not closed is left to end with the process. */
const CLOSE_WITHIN_MS = 900;

await runCommand(USAGE, async (given) => {
  const options = await readDevOptions(process.env, given);
  if (options.notTaken.length > 0) print(colors.yellow(notTakenLine(options.notTaken)));
  await run(options).catch((error) => {
    throw error instanceof PortInUseError ? new CommandError(portInUse(error.port, options)) : error;
  });
  return 0;
});

async function run(options: DevOptions): Promise<void> {
  const { dataDir } = options.stack;
  const trace = await openTrace(dataDir);
  let places: Places = { apiUrl: '', apiKey: DEV_API_KEY };
  const page = createFrontPage(() => places);
  try {
    const [stack] = await Promise.all([start(options, trace, page), buildConsole()]);
    const phone = await openPhone(stack, options.phonePort).catch(async (error) => {
      await stack.close();
      throw error;
    });
    places = { ...places, apiUrl: stack.apiUrl, phoneUrl: phone?.url, wechatUrl: stack.wechatUrl };
    await trace.tell(stack);
    print(greeting(stack, { dataDir, phoneUrl: phone?.url }));
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.once(signal, () => end(stack, trace));
    // What became due while nothing ran does not wait for the next minute.
    if (dataDir !== undefined) await stack.dispatchNow().catch(() => undefined);
  } catch (error) {
    await trace.close();
    throw error;
  }
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

function start({ stack, port, wechatPort }: DevOptions, trace: Trace, page: ExtraPage): Promise<Stack> {
  return startStack({
    ...stack,
    page,
    port,
    wechatPort,
    followChanges: true,
    onEvent: (event) => tell(lineForEvent(event)),
    ...(stack.webhook && {
      webhook: { ...stack.webhook, onAttempt: (attempt) => tell(lineForAttempt(attempt)) },
    }),
    logger: bothLoggers(createLineLogger(tell), trace.logger),
    observe: (observation) => {
      const line = lineFor(observation);
      if (line !== undefined) tell(line);
    },
  });
}

function tell(line: string): void {
  process.stdout.write(`${colors.dim(localTime(Date.now()).slice(11, 19))} ${line}\n`);
}

async function end(stack: Stack, trace: Trace): Promise<void> {
  print(say('\nClosing…', '\n正在退出…'));
  setTimeout(() => process.exit(0), CLOSE_WITHIN_MS);
  await trace.close();
  await stack.close().catch((error) => {
    process.stderr.write(`${say('It did not close cleanly', '未能正常退出')}: ${explained(error)}\n`);
    process.exit(1);
  });
  process.exit(0);
}
