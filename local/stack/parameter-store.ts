import { once } from 'node:events';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import * as v from 'valibot';
import { answerSsm, SsmFault } from './parameter-calls.ts';

/** A stand-in for SSM's Parameter Store on a loopback port. */
export interface LocalParameterStore {
  readonly endpoint: string;
  /** The values that are stored, by name; what is changed here is what the next call finds. */
  readonly values: Map<string, string>;
  close(): Promise<void>;
}

const jsonBody = v.pipe(v.string(), v.parseJson());

/**
 * Starts the stand-in: GetParameter, GetParameters, PutParameter, DeleteParameter and DeleteParameters as the AWS SDK speaks them, in
 * memory. `onCall` is told of each call that was answered, with its input.
 */
export async function startParameterStore(
  onCall: (call: string, input: unknown) => void = () => {},
): Promise<LocalParameterStore> {
  const parameters = { values: new Map(), types: new Map() };
  const server = createServer(async (incoming, outgoing) => {
    const call = `${incoming.headers['x-amz-target']}`.replace(/^AmazonSSM\./, '');
    const body = v.safeParse(jsonBody, await text(incoming));
    const answer = answerOf(() => answerSsm(parameters, call, body.output));
    if (answer.status === 200) onCall(call, body.output);
    outgoing
      .writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.1' })
      .end(JSON.stringify(answer.body));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The parameter store got no port.');
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    values: parameters.values,
    async close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function answerOf(call: () => unknown): { readonly status: number; readonly body: unknown } {
  try {
    return { status: 200, body: call() };
  } catch (error) {
    if (!(error instanceof SsmFault)) throw error;
    return { status: 400, body: { __type: error.type, message: error.message } };
  }
}
