import { readFileSync } from 'node:fs';
import { Validator } from '@seriousme/openapi-schema-validator';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { PROBLEMS } from '../../../lib/api/problem.ts';
import { routeSpecs } from '../../../lib/api/routes/index.ts';
import { batchEntry } from '../../../lib/api/schemas/messages.ts';
import { templateData } from '../../../lib/templates/normalise-data.ts';
import { bodyComponents } from '../../../local/openapi/components.ts';
import { openApiDocument } from '../../../local/openapi/document.ts';
import { examples } from '../../../local/openapi/examples.ts';
import packageJson from '../../../package.json' with { type: 'json' };

/** What these tests look at in a schema. */
interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly properties?: object;
  readonly additionalProperties?: unknown;
  readonly pattern?: string;
  readonly default?: unknown;
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly allOf?: unknown;
}

/** What these tests look at in an operation. */
interface Operation {
  readonly tags: readonly string[];
  readonly operationId: string;
  readonly security: unknown;
  readonly requestBody?: { readonly content: Record<string, { readonly schema: { readonly $ref: string } }> };
  readonly parameters?: readonly { readonly schema?: Schema; readonly $ref?: string }[];
  readonly responses: Record<string, { readonly $ref?: string; readonly headers?: object }>;
}

const root = new URL('../../../', import.meta.url);
const document = JSON.parse(JSON.stringify(openApiDocument(routeSpecs, packageJson.version)));
const operations: readonly Operation[] = Object.values<Record<string, Operation>>(document.paths).flatMap(
  (path) => Object.values(path),
);

function lastPart(reference: string): string {
  return reference.slice(reference.lastIndexOf('/') + 1);
}

describe('openapi.yaml', () => {
  it('says what the routes say; else run: npm run openapi', () => {
    expect(parse(readFileSync(new URL('openapi.yaml', root), 'utf8'))).toEqual(document);
  });

  it('is valid OpenAPI 3.1', async () => {
    const validator = new Validator();
    expect(await validator.validate(structuredClone(document))).toEqual({ valid: true });
    expect(validator.version).toBe('3.1');
  });

  it('refers only to what it holds', () => {
    const references = JSON.stringify(document).match(/(?<="\$ref":")[^"]+/g) ?? [];
    expect(references.length).toBeGreaterThan(20);
    const missing = references.filter((reference) => {
      const path = reference.replace('#/', '').split('/');
      return path.reduce((node, key) => node?.[key], document) === undefined;
    });
    expect(missing).toEqual([]);
  });

  it('gives every operation a name of its own and the request id in every answer', () => {
    const names = operations.map(({ operationId }) => operationId);
    expect(new Set(names).size).toBe(names.length);
    for (const { responses } of operations) {
      for (const response of Object.values(responses)) {
        const shown = response.$ref ? document.components.responses[lastPart(response.$ref)] : response;
        expect(shown.headers).toHaveProperty('x-request-id');
      }
    }
  });

  it('names the schemas that callers program against', () => {
    expect(Object.keys(document.components.schemas)).toEqual(
      expect.arrayContaining(['Session', 'Grant', 'Message', 'Problem']),
    );
    expect(document.components.schemas.ProblemCode.enum).toEqual(Object.keys(PROBLEMS));
  });

  it('asks for a token wherever the route does, and says which scope', () => {
    const security = Object.fromEntries(
      operations.map((operation) => [operation.operationId, operation.security]),
    );
    expect(security).toMatchObject({
      openSession: [],
      getHealth: [],
      reportGrants: [{ session: [] }, { apiKey: ['send'] }],
      listGrants: [{ session: [] }, { apiKey: ['read'] }],
      createMessages: [{ apiKey: ['send'] }],
    });
  });

  it('refuses unknown fields in every body', () => {
    // WeChat's own messages may hold anything.
    const ours = operations.filter(({ tags }) => !tags.includes('wechat'));
    const bodies = ours.flatMap(({ requestBody }) => requestBody?.content['application/json']?.schema ?? []);
    expect(bodies.length).toBeGreaterThan(0);
    for (const { $ref } of bodies) {
      expect(document.components.schemas[lastPart($ref)].additionalProperties).toBe(false);
    }
  });
});

/** Every object of the document that may be a schema, with where it stands; examples are none. */
function schemasIn(node: unknown, path = ''): [string, Schema][] {
  if (typeof node !== 'object' || node === null) return [];
  const inner = Object.entries(node)
    .filter(([key]) => key !== 'example' && key !== 'examples')
    .flatMap(([key, value]) => schemasIn(value, `${path}/${key}`));
  return [[path, node], ...inner];
}

describe('the document is one that clients can be generated from:', () => {
  const schemas = schemasIn(document);

  it('every object says what is in it', () => {
    const bare = schemas.filter(
      ([, { type, properties, additionalProperties }]) =>
        type === 'object' && properties === undefined && typeof additionalProperties !== 'object',
    );
    expect(bare.map(([path]) => path)).toEqual([]);
  });

  it('the data of a message is a text or a {value} for each field', () => {
    const { NewMessage, BatchEntry, NewCampaign, CampaignChange, DataCheck, TemplateData, WrappedText } =
      document.components.schemas;
    for (const { properties } of [NewMessage, BatchEntry, NewCampaign, CampaignChange, DataCheck])
      expect(properties.data.$ref).toBe('#/components/schemas/TemplateData');
    expect(TemplateData).toMatchObject({
      type: 'object',
      additionalProperties: {
        oneOf: [{ type: 'string' }, { $ref: '#/components/schemas/WrappedText' }],
      },
    });
    expect(WrappedText).toMatchObject({ properties: { value: { type: 'string' } }, required: ['value'] });
  });

  it('no member of a body has a default, which generators take for one that must be there', () => {
    for (const name of Object.keys(bodyComponents)) {
      const found = schemasIn(document.components.schemas[name]).filter(
        ([, { default: value }]) => value !== undefined,
      );
      expect(found.map(([path]) => name + path)).toEqual([]);
    }
    expect(document.components.schemas.NewMessage.properties.hold.description).toContain('Default: `true`.');
  });

  it('a default has the type that its schema says', () => {
    const given = schemas.filter(([, { type, default: value }]) => type !== undefined && value !== undefined);
    expect(given.length).toBeGreaterThan(5);
    for (const [path, { type, default: value }] of given)
      expect(Number.isInteger(value) ? 'integer' : typeof value, path).toBe(type);
  });

  it('each choice between objects has a name', () => {
    const choices = schemas.flatMap(([path, { oneOf = [], anyOf = [] }]) =>
      [...oneOf, ...anyOf].map((choice) => [path, choice] as const),
    );
    expect(choices.length).toBeGreaterThan(10);
    expect(choices.filter(([, { type }]) => type === 'object')).toEqual([]);
    expect(document.components.schemas.NewCampaign.properties.audience).toMatchObject({
      discriminator: {
        propertyName: 'type',
        mapping: {
          grantees: '#/components/schemas/Grantees',
          recipients: '#/components/schemas/NamedRecipients',
        },
      },
    });
    expect(document.components.schemas.DataCheckResult.oneOf).toEqual([
      { $ref: '#/components/schemas/ValidData' },
      { $ref: '#/components/schemas/InvalidData' },
    ]);
  });

  it('every problem is the one Problem, by one response for each status', () => {
    const responses = Object.values<{ content: Record<string, { schema: Schema }> }>(
      document.components.responses,
    );
    for (const { content } of responses)
      expect(content['application/problem+json']?.schema).toEqual({ $ref: '#/components/schemas/Problem' });
    const refusals = operations.flatMap((operation) =>
      Object.entries(operation.responses).filter(([status]) => status >= '400'),
    );
    expect(refusals.length).toBeGreaterThan(200);
    expect(refusals.filter(([, { $ref }]) => $ref === undefined)).toEqual([]);
    expect(schemas.filter(([, { allOf }]) => allOf !== undefined)).toEqual([]);
  });

  it('Python and RE2 can read every pattern', () => {
    const patterns = schemas.flatMap(([, { pattern }]) => (typeof pattern === 'string' ? [pattern] : []));
    expect(patterns.length).toBeGreaterThan(20);
    // Classes of Unicode, code points in braces, looking around, references back, and more repeats than RE2 takes.
    const foreign = /\\[pPuk]|\\[1-9]|\(\?[=!<]|\{\d*,?[1-9]\d{3,}\}/;
    expect(patterns.filter((pattern) => foreign.test(pattern))).toEqual([]);
  });

  it('every body, answer and parameter has a schema', () => {
    const bodies = operations.flatMap(({ requestBody }) => Object.values(requestBody?.content ?? {}));
    expect(bodies.length).toBeGreaterThan(10);
    for (const { schema } of bodies) expect(Object.keys(schema ?? {}).length).toBeGreaterThan(0);
    const parameters = operations.flatMap((operation) => operation.parameters ?? []);
    for (const { schema, $ref } of parameters) if (!$ref) expect(schema).toHaveProperty('type');
    expect(new Set(parameters.flatMap(({ $ref }) => $ref ?? []))).toEqual(
      new Set(['#/components/parameters/AppId']),
    );
  });

  it('every operation stands in one of the parts that are described, and there is a server', () => {
    const parts = document.tags.map(({ name }: { name: string }) => name);
    for (const { tags } of operations) expect(parts).toContain(tags[0]);
    expect(document.servers.length).toBeGreaterThan(0);
  });
});

describe('the examples of the document', () => {
  const shown = Object.entries(examples);

  it('are of operations that there are, among them those that everybody calls', () => {
    const names = routeSpecs.map(({ operationId }) => operationId);
    expect(shown.filter(([name]) => !names.includes(name))).toEqual([]);
    expect(Object.keys(examples)).toEqual(
      expect.arrayContaining([
        'openSession',
        'reportGrants',
        'createMessage',
        'createMessages',
        'createCampaign',
      ]),
    );
  });

  it.each(shown)(
    '%s: what is sent is taken, and what is answered has the form of the answer',
    (name, example) => {
      const spec = routeSpecs.find(({ operationId }) => operationId === name);
      for (const { value } of Object.values(example.body ?? {})) {
        expect(v.safeParse(spec?.body ?? v.never(), value).issues).toBeUndefined();
        const { data = {}, messages = [] } = value as { data?: unknown; messages?: unknown[] };
        expect(v.is(templateData, data)).toBe(true);
        for (const entry of messages) expect(v.safeParse(batchEntry, entry).issues).toBeUndefined();
      }
      if (example.answer === undefined) return;
      const [answer] = Object.values(spec?.answers ?? {});
      expect(v.safeParse(answer?.schema ?? v.never(), example.answer).issues).toBeUndefined();
    },
  );
});
