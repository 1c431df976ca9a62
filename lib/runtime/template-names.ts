import { createAliasStore } from '../dynamodb/dynamodb-template-store.ts';
import type { Table } from '../dynamodb/table.ts';
import type { Settings } from '../settings/settings.ts';
import { createTemplateNames, type TemplateNames } from '../templates/template-names.ts';
import type { Runtime } from './runtime.ts';

/** The names by which callers may call the templates. */
export function openNames(
  table: Table,
  { templates }: Pick<Settings, 'templates'>,
  { clock, newUuid }: Runtime,
): TemplateNames {
  const store = createAliasStore(table, { newVersion: newUuid });
  return createTemplateNames({ configured: templates.aliases, store, clock });
}
