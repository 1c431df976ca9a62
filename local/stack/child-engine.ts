import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { say } from '../../operate/language.ts';

const READY_TIMEOUT_MS = 20_000;
const READY_PROBE_MS = 3;
const START_ATTEMPTS = 5;

/** A server program that runs beside us on a loopback port and never outlives us. */
export interface ChildEngine {
  readonly port: number;
  /** Ends the program and resolves when it is gone. */
  close(): Promise<void>;
}

/** Thrown when a program ends before it listens, or does not listen in time. */
class EngineStartError extends Error {
  readonly code = 'engine-start';
}

/**
 * The shell stays between us and the program and holds the read end of a pipe that only our process can write to.
 * Whatever ends us, SIGKILL too, closes that pipe, and the shell then ends the program: no signal handler needed.
 */
const WATCHED =
  'exec 3<&0; "$@" </dev/null 3<&- & engine=$!; (cat <&3 >/dev/null; kill -9 $engine) & wait $engine';

/**
 * Starts `command` on a free loopback port and resolves once it accepts connections.
 *
 * @param argumentsFor the program's arguments, given the port it is to listen on
 * @throws EngineStartError with the program's own last words
 */
export async function startChildEngine(
  command: string,
  argumentsFor: (port: number) => readonly string[],
  options: { cwd?: string } = {},
): Promise<ChildEngine> {
  let failure = '';
  // Another process may take the free port between our look and the program's bind: then look again.
  for (let attempt = 0; attempt < START_ATTEMPTS; attempt++) {
    const port = await freePort();
    const child = spawnWatched(command, argumentsFor(port), options.cwd);
    const started = await untilListening(child, port);
    if (started.ok) return { port, close: () => end(child) };
    failure = started.reason;
    await end(child);
  }
  throw new EngineStartError(say(`${command} did not start: ${failure}`, `${command} 未能启动：${failure}`));
}

function spawnWatched(command: string, args: readonly string[], cwd: string | undefined): ChildProcess {
  const watched = process.platform !== 'win32';
  const child = spawn(watched ? 'sh' : command, watched ? ['-c', WATCHED, 'sh', command, ...args] : args, {
    stdio: ['pipe', 'ignore', 'pipe'],
    // A process group of its own: Ctrl-C in a terminal reaches us, and we close in our own order.
    detached: watched,
    ...(cwd === undefined ? {} : { cwd }),
  });
  if (!watched) process.once('exit', () => child.kill());
  child.on('error', () => undefined);
  child.stdin?.on('error', () => undefined);
  return child;
}

async function untilListening(
  child: ChildProcess,
  port: number,
): Promise<{ ok: true } | { ok: false; reason: string }> {
  let lastWords = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    lastWords = (lastWords + text).slice(-500);
  });
  const deadline = performance.now() + READY_TIMEOUT_MS;
  while (performance.now() < deadline) {
    if (hasEnded(child)) return { ok: false, reason: lastWords.trim() || 'it ended at once' };
    if (await accepts(port)) {
      // The port may be answered by a stranger who won it; ours then ends on its failed bind.
      await sleep(READY_PROBE_MS);
      if (!hasEnded(child)) return letGo(child);
    }
    await sleep(READY_PROBE_MS);
  }
  return { ok: false, reason: `it did not listen within ${READY_TIMEOUT_MS / 1000} s` };
}

/** A running engine must not keep our process alive by itself. */
function letGo(child: ChildProcess): { ok: true } {
  child.unref();
  // Read on, into nothing: an engine that still has something to say would die of a closed pipe.
  if (child.stderr instanceof Socket) child.stderr.resume().unref();
  if (child.stdin instanceof Socket) child.stdin.unref();
  return { ok: true };
}

async function end(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return;
  child.ref();
  const ended = once(child, 'exit');
  child.stdin?.end();
  if (process.platform === 'win32') child.kill();
  await ended;
}

const hasEnded = (child: ChildProcess) =>
  child.exitCode !== null || child.signalCode !== null || child.pid === undefined;

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const answer = (open: boolean) => {
      socket.destroy();
      resolve(open);
    };
    socket.once('connect', () => answer(true));
    socket.once('error', () => answer(false));
  });
}

/** A loopback port that nothing listens on at this moment. */
async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new EngineStartError('no loopback port is free');
  return address.port;
}
