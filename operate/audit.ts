// Recomputes every user's balance from the messages and reports drift.
import { openDynamoDb } from '../lib/runtime/aws.ts';
import { audit, type UserFinding } from './audit/audit.ts';
import { lineFor, progressLine, summaryLine, USAGE } from './audit/texts.ts';
import { awsEnvironment } from './aws-environment.ts';
import { print, progress, runCommand, UsageError, wholeNumber } from './command-line.ts';
import { findStage } from './deployed-stage.ts';
import { say } from './language.ts';
import { assertInTable } from './table-apps.ts';

const PROGRESS_EVERY_MS = 250;

await runCommand(USAGE, async (options) => {
  const overdueMs = wholeNumber('overdue-minutes', options['overdue-minutes'], 0) * 60_000;
  const segments = wholeNumber('segments', options.segments, 1);
  const { name, appId, env } = await findTable(options);
  const table = { client: openDynamoDb(env), name, appId: appId ?? '' };
  const findings: UserFinding[] = [];
  let shownAtMs = 0;
  const summary = await audit({
    table,
    segments,
    overdueMs,
    clock: Date.now,
    ...(appId !== undefined && { appId }),
    found(finding) {
      if (finding.level === 'note' && !options.notes) return;
      progress('');
      if (options.json) findings.push(finding);
      else print(lineFor(finding));
    },
    audited(soFar) {
      if (Date.now() - shownAtMs < PROGRESS_EVERY_MS) return;
      shownAtMs = Date.now();
      progress(progressLine(soFar));
    },
  });
  // A mistyped appid must not read as a table without drift.
  if (appId !== undefined && summary.users === 0) await assertInTable(table);
  table.client.destroy();
  progress('');
  print(options.json ? JSON.stringify({ table: name, ...summary, findings }) : summaryLine(summary));
  return summary.drift === 0 ? 0 : 1;
});

async function findTable(options: {
  stage?: string;
  region?: string;
  table?: string;
  app?: string;
  'app-id'?: string;
}) {
  const { stage, region, table, app, 'app-id': earlier } = options;
  if ((stage === undefined) === (table === undefined)) {
    throw new UsageError(
      say('Give either --stage NAME or --table NAME.', '请给出 --stage 或 --table 之一。'),
    );
  }
  const { AWS_ENDPOINT_URL_DYNAMODB, AWS_ENDPOINT_URL } = process.env;
  const endpoint = AWS_ENDPOINT_URL_DYNAMODB ?? AWS_ENDPOINT_URL;
  const env = awsEnvironment(process.env, { region, endpoint });
  const appId = app ?? earlier;
  if (stage === undefined) return { name: table ?? '', appId, env };
  return { name: (await findStage(env, stage)).tableName, appId, env };
}
