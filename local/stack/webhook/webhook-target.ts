import { readFile } from 'node:fs/promises';
import * as v from 'valibot';
import { parse } from 'yaml';
import type { PublishedEvent } from '../event-bus.ts';

/** An event in the form in which EventBridge hands it on. */
export interface BusEnvelope {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  readonly account: string;
  /** To the second. */
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: PublishedEvent['detail'];
}

/** What deploy/webhook.yml says of the requests, so that local and deployed cannot differ. */
export interface WebhookTarget {
  /** The header that carries the secret. */
  readonly header: string;
  /** Whether the rule matches an event of that source. */
  takes(source: string): boolean;
  /** The body of the request. */
  bodyOf(event: BusEnvelope): string;
}

const fileSchema = v.object({
  WebhookConnection: v.object({
    Properties: v.object({
      AuthParameters: v.object({ ApiKeyAuthParameters: v.object({ ApiKeyName: v.string() }) }),
    }),
  }),
  WebhookRule: v.object({
    Properties: v.object({
      EventPattern: v.strictObject({ source: v.array(v.string()) }),
      Targets: v.tuple([
        v.object({
          InputTransformer: v.object({
            /** Only members of the event itself: `$.detail-type`. */
            InputPathsMap: v.record(v.string(), v.pipe(v.string(), v.regex(/^\$\.[\w-]+$/))),
            InputTemplate: v.string(),
          }),
        }),
      ]),
    }),
  }),
});

const FILE = new URL('../../../deploy/webhook.yml', import.meta.url);

/** Reads how requests are made. @throws ValiError where the file says it in a way that is not known here */
export async function readWebhookTarget(): Promise<WebhookTarget> {
  const { WebhookConnection, WebhookRule } = v.parse(fileSchema, parse(await readFile(FILE, 'utf8')));
  const { EventPattern, Targets } = WebhookRule.Properties;
  const { InputPathsMap, InputTemplate } = Targets[0].InputTransformer;
  return {
    header: WebhookConnection.Properties.AuthParameters.ApiKeyAuthParameters.ApiKeyName,
    takes: (source) => EventPattern.source.includes(source),
    bodyOf(event) {
      const members = new Map(Object.entries(event));
      return InputTemplate.replaceAll(/<([\w-]+)>/g, (_, name: string) =>
        JSON.stringify(members.get(InputPathsMap[name]?.slice(2) ?? '')),
      );
    },
  };
}
