import { createTemplateStore } from '../lib/dynamodb/dynamodb-template-store.ts';
import type { Table } from '../lib/dynamodb/table.ts';
import { UsageError } from './command-line.ts';
import { say } from './language.ts';

/**
 * Makes sure that the table has something of the mini program that an option names. Templates are there of each that was
 * in use, since they are read daily and before a first message.
 *
 * @throws UsageError
 */
export async function assertInTable(table: Table): Promise<void> {
  const templates = createTemplateStore(table, { info() {}, warn() {}, error() {} });
  if ((await templates.lastSyncedAtMs()) !== undefined || (await templates.list()).length > 0) return;
  throw new UsageError(
    say(
      `The table ${table.name} holds nothing of the mini program ${table.appId}: check --app.`,
      `表 ${table.name} 中没有小程序 ${table.appId} 的任何内容，请检查 --app。`,
    ),
  );
}
