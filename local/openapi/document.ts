import type { RouteSpec } from '../../lib/api/route.ts';
import { componentSchemas } from './json-schemas.ts';
import { operationOf, problemResponses, TAGS } from './operation.ts';

const DESCRIPTION = [
  'Sends WeChat subscribe messages, and keeps the ledger of what users allowed.',
  'Bodies are JSON in UTF-8 (a missing content-type is taken for that), times are RFC 3339, ids are opaque. Unknown fields are refused.',
  'Every error is `application/problem+json`: branch on `code`, which never changes its meaning. An unknown address is `not-found` (404), a wrong method `method-not-allowed` (405). Quote `x-request-id` when asking for help.',
].join('\n\n');

/** The API document (OpenAPI 3.1) of these routes. */
export function openApiDocument(specs: readonly RouteSpec[], version: string): Record<string, unknown> {
  const byPath = Object.groupBy(specs, (spec) => spec.path);
  return {
    openapi: '3.1.0',
    info: {
      title: 'Qingniao',
      version,
      description: DESCRIPTION,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: SERVERS,
    tags: Object.values(TAGS),
    paths: Object.fromEntries(
      Object.entries(byPath).map(([path, ofPath = []]) => [
        path,
        Object.fromEntries(ofPath.map((spec) => [spec.method.toLowerCase(), operationOf(spec)])),
      ]),
    ),
    components: {
      securitySchemes,
      parameters,
      headers,
      responses: problemResponses(specs),
      schemas: componentSchemas(),
    },
  };
}

const SERVERS = [
  {
    url: 'https://{host}',
    description: 'A stage that you deployed.',
    variables: {
      host: {
        default: 'abcdef1234.execute-api.ap-southeast-1.amazonaws.com',
        description: 'What the deployment printed as the address of the API, or your own domain.',
      },
    },
  },
  { url: 'http://127.0.0.1:3000', description: 'The local stack: npm run dev.' },
];

const securitySchemes = {
  session: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: "A user's session token from POST /v1/sessions; it acts for that user only.",
  },
  apiKey: {
    type: 'http',
    scheme: 'bearer',
    description:
      "An operator's API key. What it may do are its scopes: read, send, manage; none implies another.",
  },
};

const parameters = {
  AppId: {
    name: 'x-wechat-appid',
    in: 'header',
    required: false,
    description:
      "Which mini program the call is for, of a stage with several. Without it: the one that the session or the API key is for, else the stage's first.",
    schema: { type: 'string' },
  },
};

const headers = {
  RequestId: { description: 'Names this request in the logs.', schema: { type: 'string' } },
  WwwAuthenticate: { description: 'Asks for a bearer token.', schema: { type: 'string' } },
  RetryAfter: { description: 'Seconds to wait before the next try.', schema: { type: 'integer' } },
};
