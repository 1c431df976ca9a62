import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import type { Logger } from '../logger.ts';
import type { AliasStore } from '../templates/aliases.ts';
import { completeField } from '../templates/parse-template.ts';
import { storedTemplate, type Template, type TemplateStore } from '../templates/template.ts';
import { getItem, type Item, putAll, queryPages, readItem } from './items.ts';
import type { Key } from './keys.ts';
import { type Table, toAttributes } from './table.ts';
import { attributesOf, type NewVersion, onVersion, parseItem } from './versioned-items.ts';

const PREFIX = 'template#';

/** Sorts beside the templates and is none of them. */
const SYNC_KEY = 'sync';

const syncItem = v.object({ syncedAtMs: v.number() });

/**
 * The account's templates in the table: one item each, and one that says when WeChat was last read. Kinds and
 * rules follow from the keys when read, so that a better rule needs no new sync.
 *
 * An item that cannot be read is logged and passed over. Every write is a plain replacement, safe to repeat.
 */
export function createTemplateStore(table: Table, logger: Logger): TemplateStore {
  const pk = `${table.appId}#templates`;

  async function write(sk: string, item: Item): Promise<void> {
    const stored = toAttributes({ ...item, pk, sk });
    await table.client.send(new PutItemCommand({ TableName: table.name, Item: stored }));
  }

  function parse(item: Item): Template | undefined {
    const parsed = v.safeParse(storedTemplate, attributesOf(item));
    if (parsed.success) return { ...parsed.output, fields: parsed.output.fields.map(completeField) };
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
      const found: Item[] = [];
      const query = {
        TableName: table.name,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
        ExpressionAttributeValues: toAttributes({ ':pk': pk, ':prefix': PREFIX }),
        ConsistentRead: true,
      };
      for await (const page of queryPages(table, query)) found.push(...(page.Items ?? []).map(readItem));
      return found.flatMap((item) => parse(item) ?? []);
    },

    async save(templates, syncedAtMs) {
      await Promise.all(templates.map((template) => write(PREFIX + template.templateId, itemOf(template))));
      // Last, so that nobody takes the list for read before it is all there.
      await write(SYNC_KEY, { syncedAtMs });
    },

    async lastSyncedAtMs() {
      const parsed = v.safeParse(syncItem, await getItem(table, { pk, sk: SYNC_KEY }));
      return parsed.success ? parsed.output.syncedAtMs : undefined;
    },
  };
}

function itemOf({ fields, ...rest }: Template): Item {
  return { ...rest, fields: fields.map(({ kind: _, rule: _rule, ...field }) => field) };
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
