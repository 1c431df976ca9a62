import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Figure } from './figures.ts';
import { TEMPLATE } from './senders/message.ts';
import type { WatchedBrowser } from './watched-page.ts';

const PART = 'console';
const LIST_ROWS = 1_000_000;
const HEAP_EVERY_MS = 2_000;

/** All recipients as a file. */
export async function exporting(
  browser: WatchedBrowser,
  path: string,
  recipients: number,
): Promise<Figure[]> {
  const { page, ...watched } = await browser.open(path);
  await page.getByRole('table').last().waitFor();
  const before = await watched.heapBytes();
  await watched.takeLongestTask();
  watched.takeRequests();
  const startedAt = performance.now();
  const downloading = page.waitForEvent('download', { timeout: 600_000 });
  await page.getByRole('button', { name: 'Export as CSV' }).click();
  let seconds: number | undefined;
  const done = downloading.then(() => {
    seconds = (performance.now() - startedAt) / 1000;
  });
  let largest = before;
  while (seconds === undefined) {
    await Promise.race([done, sleep(HEAP_EVERY_MS)]);
    largest = Math.max(largest, await watched.heapBytes());
  }
  const name = `export of ${recipients} recipients`;
  const figures: Figure[] = [
    { part: PART, name, value: seconds, unit: 's' },
    {
      part: PART,
      name: `${name}: requests`,
      value: watched.takeRequests(),
      unit: '',
      must: { atMost: recipients / 200 + 30 },
    },
    { part: PART, name: `${name}: longest task`, value: await watched.takeLongestTask(), unit: 'ms' },
    {
      part: PART,
      name: `${name}: memory more at most`,
      value: (largest - before) / 2 ** 20,
      unit: 'MB',
      must: { atMost: 10 },
    },
  ];
  await page.close();
  return figures;
}

/** A list of a million openids with a variable, read and looked at before anything is uploaded. */
export async function listing(browser: WatchedBrowser): Promise<Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'qingniao-list-'));
  try {
    const file = join(folder, 'list.csv');
    const rows = Array.from(
      { length: LIST_ROWS },
      (_, n) => `oBench_${String(n).padStart(21, '0')},商品${n}`,
    );
    await writeFile(file, `openid,goods\n${rows.join('\n')}\n`);
    const { page, ...watched } = await browser.open('/campaigns/new');
    await page.getByLabel('Name', { exact: true }).fill('A million');
    await page.getByLabel('Template', { exact: true }).first().click();
    await page.getByRole('option').first().click();
    await page.getByRole('button', { name: 'Fill in the examples' }).click();
    const [field] = TEMPLATE.keywords.filter(({ key }) => key.startsWith('thing'));
    await page.getByLabel(new RegExp(field?.key ?? 'thing')).fill('{{goods}}');
    await page.getByRole('button', { name: 'Next', exact: true }).click();
    await page.getByRole('radio', { name: 'A list of openids' }).check({ force: true });
    const before = await watched.heapBytes();
    await watched.takeLongestTask();
    const startedAt = performance.now();
    await page.locator('input[type=file]').setInputFiles(file);
    await page.getByText('Can be sent to: 1,000,000').waitFor({ timeout: 300_000 });
    const seconds = (performance.now() - startedAt) / 1000;
    const name = `list of ${LIST_ROWS} rows`;
    const figures: Figure[] = [
      { part: PART, name: `${name}, read and checked`, value: seconds, unit: 's' },
      { part: PART, name: `${name}: longest task`, value: await watched.takeLongestTask(), unit: 'ms' },
      {
        part: PART,
        name: `${name}: memory`,
        value: ((await watched.heapBytes()) - before) / 2 ** 20,
        unit: 'MB',
      },
    ];
    await page.close();
    return figures;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
