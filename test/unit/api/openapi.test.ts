import { readFileSync } from 'node:fs';
import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { openApiDocument } from '../../../lib/api/openapi/document.ts';
import { PROBLEMS } from '../../../lib/api/problem.ts';
import { routeSpecs } from '../../../lib/api/routes/index.ts';
import packageJson from '../../../package.json' with { type: 'json' };

/** What these tests look at in an operation. */
interface Operation {
  readonly operationId: string;
  readonly security: unknown;
  readonly requestBody?: { readonly content: Record<string, { readonly schema: { readonly $ref: string } }> };
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
    expect(document.components.schemas.Problem.properties.code.enum).toEqual(Object.keys(PROBLEMS));
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
    const bodies = operations.flatMap(
      ({ requestBody }) => requestBody?.content['application/json']?.schema ?? [],
    );
    expect(bodies.length).toBeGreaterThan(0);
    for (const { $ref } of bodies) {
      expect(document.components.schemas[lastPart($ref)].additionalProperties).toBe(false);
    }
  });
});
