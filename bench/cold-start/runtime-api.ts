import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';

/** A function to start as Lambda does: a folder, the handler in it, and its environment. */
export interface ColdFunction {
  readonly folder: string;
  /** As `handlers/grants.handler`. */
  readonly handler: string;
  readonly env: Readonly<Record<string, string>>;
  readonly memoryMb: number;
  readonly nodeOptions?: readonly string[];
}

/** What came of one cold start. */
export interface ColdStart {
  /** From the start of the process to the answer of its first invocation. */
  readonly ms: number;
  readonly answer: string;
}

const PATIENCE_MS = 30_000;

/**
 * Lambda's Runtime API on this machine: starts a process of the function under AWS's runtime client, gives it one invocation and ends
 * it with its answer.
 *
 * @throws Error with the function's own words when it does not answer, or fails
 */
export async function startCold(
  runtimeClient: string,
  { folder, handler, env, memoryMb, nodeOptions = [] }: ColdFunction,
  event: unknown,
): Promise<ColdStart> {
  const answered = Promise.withResolvers<string>();
  let given = false;
  const server = createServer(async (request, response) => {
    const body = await text(request);
    const path = request.url ?? '';
    if (path.endsWith('/invocation/next')) {
      // A second wish for work is left waiting, as it is on Lambda until there is some.
      if (!given) give(response, event);
      given = true;
      return;
    }
    response.writeHead(202, { 'content-type': 'application/json' }).end('{"status":"OK"}');
    if (path.endsWith('/response')) answered.resolve(body);
    else answered.reject(new Error(`${handler} failed: ${body.slice(0, 2_000)}`));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;

  const startedAt = performance.now();
  const child = spawn(process.execPath, [...nodeOptions, runtimeClient, handler], {
    cwd: folder,
    env: {
      PATH: process.env['PATH'],
      TZ: ':UTC',
      LAMBDA_TASK_ROOT: folder,
      _HANDLER: handler,
      AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${port}`,
      AWS_LAMBDA_FUNCTION_NAME: handler,
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMb),
      AWS_LAMBDA_LOG_GROUP_NAME: 'bench',
      AWS_LAMBDA_LOG_STREAM_NAME: 'bench',
      AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (words: string) => {
      said = (said + words).slice(-3_000);
    });
  }
  const exit = once(child, 'exit');
  const timer = setTimeout(
    () => answered.reject(new Error(`${handler} did not answer. It said: ${said}`)),
    PATIENCE_MS,
  );
  try {
    const answer = await Promise.race([
      answered.promise,
      exit.then(() => Promise.reject(new Error(`${handler} ended. It said: ${said}`))),
    ]);
    return { ms: performance.now() - startedAt, answer };
  } finally {
    clearTimeout(timer);
    child.kill('SIGKILL');
    await exit;
    server.closeAllConnections();
    server.close();
  }
}

function give(response: ServerResponse, event: unknown): void {
  response
    .writeHead(200, {
      'content-type': 'application/json',
      'lambda-runtime-aws-request-id': crypto.randomUUID(),
      'lambda-runtime-deadline-ms': String(Date.now() + 60_000),
      'lambda-runtime-invoked-function-arn': 'arn:aws:lambda:us-east-1:000000000000:function:bench',
      'lambda-runtime-trace-id': 'Root=1-00000000-000000000000000000000000',
    })
    .end(JSON.stringify(event));
}
