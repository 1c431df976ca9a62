import type { Settings } from '../settings.ts';
import type { Table } from '../table/client.ts';
import { createAliasStore } from '../table/dynamodb-alias-store.ts';
import { createTemplateNames, type TemplateNames } from '../templates/template-names.ts';
import type { Foundation } from './foundation.ts';

/** The names by which callers may call the templates. */
export function openNames(
  table: Table,
  { templates }: Pick<Settings, 'templates'>,
  { clock, newUuid }: Foundation,
): TemplateNames {
  const store = createAliasStore(table, { newVersion: newUuid });
  return createTemplateNames({ configured: templates.aliases, store, clock });
}
