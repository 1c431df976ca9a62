import { PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import type { Logger } from '../logger.ts';
import type { AliasStore } from '../templates/aliases.ts';
import { completeField } from '../templates/parse-template.ts';
import type { DeclaredKinds, Template, TemplateStore } from '../templates/template.ts';
import { storedTemplate } from '../templates/template.ts';
import { getItem, type Item, putAtomically } from './items.ts';
import type { Key } from './keys.ts';
import { queryItems, under } from './queries.ts';
import { type Table, toAttributes } from './table.ts';
import { updateRequest } from './updates.ts';
import { attributesOf, type NewVersion, parseItem, putVersion } from './versioned-items.ts';

const PREFIX = 'template#';

/** Sorts beside the templates and is none of them. */
const SYNC_KEY = 'sync';

const syncItem = v.object({ syncedAtMs: v.number() });

/**
 * The account's templates in the table: one item each, and one that says when WeChat was last read. Kinds and
 * rules follow from the keys when read, so that a better rule needs no new sync.
 *
 * An item that cannot be read is logged and passed over. A template is written attribute by attribute, so that a
 * sync and a declaration of its kind do not undo each other. Every write is safe to repeat.
 */
export function createTemplateStore(table: Table, logger: Logger): TemplateStore & DeclaredKinds {
  const pk = `${table.appId}#templates`;

  /** Sets these attributes of a template's item and removes those that are undefined. */
  async function update(templateId: string, set: Item, condition?: string): Promise<void> {
    const request = updateRequest(
      table,
      { pk, sk: PREFIX + templateId },
      { set },
      condition === undefined ? undefined : { condition },
    );
    await table.client.send(new UpdateItemCommand(request));
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
      const items = await queryItems(table, under(pk, PREFIX));
      return items.flatMap((item) => parse(item) ?? []);
    },

    async save(templates, syncedAtMs) {
      await Promise.all(templates.map((template) => update(template.templateId, listedAttributes(template))));
      // Last, so that nobody takes the list for read before it is all there.
      const read = toAttributes({ pk, sk: SYNC_KEY, syncedAtMs });
      await table.client.send(new PutItemCommand({ TableName: table.name, Item: read }));
    },

    declareKind: (templateId, declaredKind) => update(templateId, { declaredKind }, 'attribute_exists(pk)'),

    async lastSyncedAtMs() {
      const parsed = v.safeParse(syncItem, await getItem(table, { pk, sk: SYNC_KEY }));
      return parsed.success ? parsed.output.syncedAtMs : undefined;
    },
  };
}

/** What comes of reading WeChat's list: an attribute that a template no longer has is undefined. */
function listedAttributes({ fields, declaredKind: _declared, ...listed }: Template): Item {
  const { removedAtMs, deletedAtMs, changed, usedBy } = listed;
  const sources = fields.map(({ kind: _, rule: _rule, ...field }) => field);
  return { ...listed, removedAtMs, deletedAtMs, changed, usedBy, fields: sources };
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

    save: ({ value: aliases, version }) =>
      putAtomically(table, [putVersion({ ...key, aliases }, version, newVersion())]),
  };
}
