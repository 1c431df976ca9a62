import type { AnswerSpec, ObjectSchema, RouteSpec } from '../route.ts';
import { type Examples, examples } from './examples.ts';
import { answerSchema, inputSchema, parameterSchema } from './json-schemas.ts';
import { problemAnswers } from './problem-answers.ts';
import { tagOf } from './tags.ts';

/** A route as an operation of the API document. */
export function operationOf(spec: RouteSpec): Record<string, unknown> {
  const parameters = [
    ...parametersOf('path', spec.params),
    ...parametersOf('query', spec.query),
    ...parametersOf('header', spec.headers),
  ];
  const shown: Examples = examples[spec.operationId] ?? {};
  return {
    operationId: spec.operationId,
    tags: [tagOf(spec.path)],
    summary: spec.summary,
    ...(spec.description === undefined ? {} : { description: spec.description }),
    security: securityOf(spec),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(spec.body
      ? {
          requestBody: {
            required: true,
            content: {
              'application/json': {
                schema: inputSchema(spec.body),
                ...(shown.body ? { examples: shown.body } : {}),
              },
              ...(spec.csv === undefined
                ? {}
                : {
                    'text/csv': {
                      schema: { type: 'string', description: spec.csv },
                      ...(shown.csv === undefined ? {} : { example: shown.csv }),
                    },
                  }),
            },
          },
        }
      : {}),
    ...(spec.text ? { requestBody: textBody(spec.text, shown) } : {}),
    responses: {
      ...Object.fromEntries(
        Object.entries(spec.answers).map(([status, answer]) => [status, answerOf(answer, shown.answer)]),
      ),
      ...problemAnswers(spec),
    },
  };
}

function securityOf({ access }: RouteSpec): readonly unknown[] {
  return [
    ...(access.user ? [{ session: [] }] : []),
    ...(access.operator ? [{ apiKey: [access.operator] }] : []),
  ];
}

function parametersOf(
  place: 'path' | 'query' | 'header',
  schema: ObjectSchema | undefined,
): readonly unknown[] {
  return Object.entries(schema?.entries ?? {}).map(([name, entry]) => {
    const { description, ...rest } = parameterSchema(entry);
    return {
      name,
      in: place,
      ...(description === undefined ? {} : { description }),
      required: !entry.type.includes('optional'),
      schema: rest,
    };
  });
}

function textBody(
  { description, mediaTypes }: NonNullable<RouteSpec['text']>,
  { text = {} }: Examples,
): unknown {
  return {
    required: true,
    description,
    content: Object.fromEntries(
      Object.entries(mediaTypes).map(([mediaType, schema]) => [
        mediaType,
        { schema: inputSchema(schema), ...(mediaType in text ? { example: text[mediaType] } : {}) },
      ]),
    ),
  };
}

function answerOf({ description, schema, mediaType }: AnswerSpec, example: unknown): unknown {
  return {
    description,
    headers: { 'x-request-id': { $ref: '#/components/headers/RequestId' } },
    ...(schema
      ? {
          content: {
            [mediaType ?? 'application/json']: {
              schema: answerSchema(schema),
              ...(example === undefined ? {} : { example }),
            },
          },
        }
      : {}),
  };
}
