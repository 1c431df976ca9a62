import { type AttributeValue, PutItemCommand } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import type { Logger } from '../logger.ts';
import type { AliasStore } from '../templates/aliases.ts';
import { completeField } from '../templates/parse-template.ts';
import type { Template, TemplateStore } from '../templates/template.ts';
import { getItem, type Item, putAll, queryPages, readItem } from './items.ts';
import type { Key } from './keys.ts';
import { type Table, toAttributes } from './table.ts';
import { type NewVersion, onVersion, parseItem } from './versioned-items.ts';

const PREFIX = 'template#';

/** Sorts beside the templates and is none of them. */
const SYNC_KEY = 'sync';

const StoredField = v.object({
  key: v.string(),
  label: v.string(),
  example: v.string(),
  values: v.optional(v.array(v.string())),
});

const StoredTemplate = v.object({
  templateId: v.string(),
  title: v.string(),
  kind: v.picklist(['one-time', 'long-term', 'unknown']),
  fields: v.array(StoredField),
  syncedAtMs: v.number(),
  removedAtMs: v.exactOptional(v.number()),
  changed: v.exactOptional(v.object({ atMs: v.number(), before: v.array(v.string()) })),
  usedBy: v.exactOptional(
    v.object({
      atMs: v.number(),
      messages: v.number(),
      messageIds: v.array(v.string()),
      campaigns: v.array(v.object({ id: v.string(), name: v.string() })),
    }),
  ),
});

const StoredSync = v.object({ syncedAtMs: v.number() });

/**
 * The account's templates in the table: one item each under `<appid>#templates`, and one that says when WeChat was last
 * read. What WeChat said is stored, and what was found to use a template that is gone; kinds and rules follow from the keys when read, so that a better rule needs no
 * new sync. An item that cannot be read is logged and passed over. Every write is a plain replacement, safe to repeat.
 */
export function createTemplateStore(table: Table, logger: Logger): TemplateStore {
  const pk = `${table.appId}#templates`;

  async function write(sk: string, item: Item): Promise<void> {
    const stored = toAttributes({ ...item, pk, sk });
    await table.client.send(new PutItemCommand({ TableName: table.name, Item: stored }));
  }

  function parse(item: Item): Template | undefined {
    const parsed = v.safeParse(StoredTemplate, item);
    if (parsed.success) return templateOf(parsed.output);
    logger.error('A stored template cannot be read and is passed over; a sync of the templates mends it', {
      sk: item['sk'],
      issues: parsed.issues.map((issue) => v.getDotPath(issue)),
    });
    return undefined;
  }

  return {
    async get(templateId) {
      const item = await getItem(table, { pk, sk: PREFIX + templateId });
      return item && parse(item);
    },

    async list() {
      const found: Record<string, AttributeValue>[] = [];
      const query = {
        TableName: table.name,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
        ExpressionAttributeValues: toAttributes({ ':pk': pk, ':prefix': PREFIX }),
        ConsistentRead: true,
      };
      for await (const page of queryPages(table, query)) found.push(...(page.Items ?? []));
      return found.map((item) => parse(readItem(item))).filter((template) => template !== undefined);
    },

    async save(templates, syncedAtMs) {
      await Promise.all(templates.map((template) => write(PREFIX + template.templateId, itemOf(template))));
      // Last, so that nobody takes the list for read before it is all there.
      await write(SYNC_KEY, { syncedAtMs });
    },

    async lastSyncedAtMs() {
      const parsed = v.safeParse(StoredSync, await getItem(table, { pk, sk: SYNC_KEY }));
      return parsed.success ? parsed.output.syncedAtMs : undefined;
    },
  };
}

function itemOf({ fields, ...rest }: Template): Item {
  return {
    ...rest,
    fields: fields.map(({ key, label, example, values }) => ({
      key,
      label,
      example,
      ...(values === undefined ? {} : { values: [...values] }),
    })),
  };
}

function templateOf({ fields, ...rest }: v.InferOutput<typeof StoredTemplate>): Template {
  return {
    ...rest,
    fields: fields.map(({ values, ...field }) =>
      completeField(values === undefined ? field : { ...field, values }),
    ),
  };
}

const aliasItem = v.object({ aliases: v.record(v.string(), v.string()), version: v.string() });

/** The aliases of the account's templates, in one item beside them, so that a name is moved in one step. */
export function createAliasStore(
  table: Table,
  { newVersion }: { readonly newVersion: NewVersion },
): AliasStore {
  const key: Key = { pk: `${table.appId}#templates`, sk: 'aliases' };
  return {
    async load() {
      const item = await getItem(table, key);
      if (!item) return { value: {}, version: undefined };
      const { aliases, version } = parseItem(aliasItem, item);
      return { value: aliases, version };
    },

    save: ({ value, version }) =>
      putAll(table, [{ item: { ...key, aliases: value, version: newVersion() }, ...onVersion(version) }]),
  };
}
