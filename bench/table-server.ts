/**
 * Stands in for DynamoDB where a sender is measured: the embedded engine takes more CPU time for a message than the sender does, and on
 * one machine would be what is measured. The users' items are kept in memory and written on the same conditions; all other calls go on
 * to the engine. What a sender does not ask for is an error.
 */
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import * as v from 'valibot';
import { serveParent } from './child-side.ts';

const { engine } = v.parse(v.object({ engine: v.string() }), JSON.parse(process.argv[2] ?? '{}'));

const texts = v.object({ S: v.string() });
const key = v.looseObject({ pk: texts, sk: texts });
const put = v.object({
  Item: v.looseObject({ ...key.entries, version: texts }),
  ConditionExpression: v.optional(v.picklist(['version = :version', 'attribute_not_exists(pk)'])),
  ExpressionAttributeValues: v.optional(v.object({ ':version': texts })),
});
const statement = v.object({
  Statement: v.pipe(
    v.string(),
    v.regex(
      /^(UPDATE "[^"]+" SET .+ WHERE "pk"=\? AND "sk"=\? AND "version"=\?|INSERT INTO "[^"]+" VALUE \{.+\})$/,
    ),
  ),
  Parameters: v.array(v.unknown()),
});
type Put = v.InferOutput<typeof put>;

const items = new Map<string, Put['Item']>();
const nameOf = ({ pk, sk }: v.InferOutput<typeof key>) => `${pk.S}\n${sk.S}`;
const FAILED = { Error: { Code: 'ConditionalCheckFailed', Message: 'The conditional request failed' } };

/** Whether the condition held. */
function write({ Item, ConditionExpression, ExpressionAttributeValues }: Put): boolean {
  const expected = ExpressionAttributeValues?.[':version'].S;
  if (ConditionExpression && items.get(nameOf(Item))?.version.S !== expected) return false;
  items.set(nameOf(Item), Item);
  return true;
}

function execute(asked: v.InferOutput<typeof statement>): object {
  return asked.Statement.startsWith('INSERT') ? insert(asked) : update(asked);
}

function insert({ Statement, Parameters }: v.InferOutput<typeof statement>): object {
  const names = Array.from(Statement.matchAll(/'(\w+)':\?/g), ([, name = '']) => name);
  const item = v.parse(
    put.entries.Item,
    Object.fromEntries(names.map((name, index) => [name, Parameters[index]])),
  );
  return write({ Item: item, ConditionExpression: 'attribute_not_exists(pk)' }) ? {} : FAILED;
}

function update({ Statement, Parameters }: v.InferOutput<typeof statement>): object {
  const names = Array.from(Statement.matchAll(/"(\w+)"=\?/g), ([, name = '']) => name);
  const set = names.slice(0, -3).map((name, index) => [name, Parameters[index]]);
  const [pk, sk, version] = v.parse(v.tuple([texts, texts, texts]), Parameters.slice(-3));
  const inPlace = items.get(nameOf({ pk, sk }));
  if (inPlace?.version.S !== version.S) return FAILED;
  items.set(nameOf({ pk, sk }), v.parse(put.entries.Item, { ...inPlace, ...Object.fromEntries(set) }));
  return {};
}

/** The answer to each call of a sender's; undefined where the condition of a put does not hold. */
const CALLS: Readonly<Record<string, (input: unknown) => object | undefined>> = {
  GetItem: (input) => ({ Item: items.get(nameOf(v.parse(v.object({ Key: key }), input).Key)) }),
  PutItem: (input) => (write(v.parse(put, input)) ? {} : undefined),
  BatchGetItem: (input) => {
    const asked = v.parse(
      v.object({ RequestItems: v.record(v.string(), v.object({ Keys: v.array(key) })) }),
      input,
    );
    const found = Object.entries(asked.RequestItems).map(([table, { Keys }]) => [
      table,
      Keys.flatMap((each) => items.get(nameOf(each)) ?? []),
    ]);
    return { Responses: Object.fromEntries(found) };
  },
  BatchWriteItem: (input) => {
    const puts = v.array(v.object({ PutRequest: put }));
    const asked = v.parse(v.object({ RequestItems: v.record(v.string(), puts) }), input);
    for (const { PutRequest } of Object.values(asked.RequestItems).flat()) write(PutRequest);
    return {};
  },
  BatchExecuteStatement: (input) => ({
    Responses: v.parse(v.object({ Statements: v.array(statement) }), input).Statements.map(execute),
  }),
};

const REFUSED = {
  __type: 'com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException',
  message: 'The conditional request failed',
};

async function serve(incoming: IncomingMessage, answer: ServerResponse): Promise<void> {
  const body = await text(incoming);
  const call = CALLS[String(incoming.headers['x-amz-target']).split('.')[1] ?? ''];
  if (!call || !body.includes('#user#')) {
    onward(incoming, answer, body);
    return;
  }
  const output = call(JSON.parse(body));
  answer.writeHead(output ? 200 : 400, { 'content-type': 'application/x-amz-json-1.0' });
  answer.end(JSON.stringify(output ?? REFUSED));
}

function onward({ method, url, headers }: IncomingMessage, answer: ServerResponse, body: string): void {
  request(new URL(url ?? '/', engine), { ...(method && { method }), headers }, (reply) => {
    answer.writeHead(reply.statusCode ?? 500, reply.headers);
    reply.pipe(answer);
  }).end(body);
}

const server = createServer({ keepAliveTimeout: 65_000 }, serve);
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  serveParent({ url: `http://127.0.0.1:${port}` }, async () => undefined);
});
