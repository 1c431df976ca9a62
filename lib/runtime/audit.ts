import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createAuditTrail } from '../dynamodb/dynamodb-audit-trail.ts';
import type { Settings } from '../settings/settings.ts';
import { perApp } from './apps.ts';
import type { Runtime } from './runtime.ts';

/** The audit trails of a stage's mini programs, by their appids. */
export function openAuditTrails(
  client: DynamoDBClient,
  { table: { name } }: Pick<Settings, 'table'>,
  runtime: Runtime,
) {
  return perApp((appId) => createAuditTrail({ client, name, appId }, runtime));
}
