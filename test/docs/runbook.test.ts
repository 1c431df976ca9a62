import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readServiceDefinition } from '../../local/stack/service-definition.ts';
import { inBothLanguages } from './examples.ts';

/** They write no ledger and no message, and send nothing. */
const MAY_GO_ON = [
  'apps',
  'audit',
  'console',
  'count-statistics',
  'health',
  'publish-changes',
  'sessions',
  'stats',
  'wechat-events',
];
/** Stopped by its mapping, so that what WeChat pushed stays on its queue. */
const BY_MAPPING = 'process-events';

test.each(inBothLanguages('runbook'))(
  '%s stops every function before a restore that writes or sends',
  async (page) => {
    const runbook = readFileSync(page, 'utf8');
    const stopped = /WRITERS="([^"]+)"/.exec(runbook)?.[1]?.split(/\s+/) ?? [];
    const functions = Object.keys((await readServiceDefinition()).functions());
    expect([...stopped, BY_MAPPING, ...MAY_GO_ON].toSorted()).toEqual(functions.toSorted());
    expect(runbook).toContain(`qingniao-$STAGE-${BY_MAPPING}`);
  },
);
