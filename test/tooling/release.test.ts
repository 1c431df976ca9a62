import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import packageJson from '../../package.json' with { type: 'json' };

const read = (file: string) => readFileSync(file, 'utf8');
const tracked = execFileSync('git', ['ls-files'], { encoding: 'utf8' }).split('\n');

test('one version: each package that has one has that of package.json, and so has the API document', () => {
  const manifests = tracked.filter((file) => /(^|\/)package\.json$/.test(file));
  const versions = manifests.flatMap((file) => {
    const { name, version } = JSON.parse(read(file)) as { name?: string; version?: string };
    return version === undefined ? [] : [[name, version]];
  });
  expect(versions.length).toBeGreaterThan(1);
  expect(versions.filter(([, version]) => version !== packageJson.version)).toEqual([]);
  const { info } = parse(read('openapi.yaml')) as { info: { version: string } };
  expect(info.version).toBe(packageJson.version);
});

test('CHANGELOG.md tells of this version under a date, below what is not released', () => {
  const headings = [...read('CHANGELOG.md').matchAll(/^## (.*)$/gm)].map(([, heading]) => heading);
  expect(headings[0]).toBe('[Unreleased]');
  expect(headings[1]).toMatch(new RegExp(`^\\[${packageJson.version}\\] - \\d{4}-\\d\\d-\\d\\d$`));
});

/** Runs the step of the release workflow that writes the notes, for a tag. */
function notesOf(tag: string): string {
  const { jobs } = parse(read('.github/workflows/release.yml')) as {
    jobs: { release: { steps: { name?: string; run?: string }[] } };
  };
  const script = jobs.release.steps.find(({ name }) => name === 'notes')?.run ?? '';
  const folder = mkdtempSync(join(tmpdir(), 'notes-'));
  for (const file of ['package.json', 'CHANGELOG.md']) writeFileSync(join(folder, file), read(file));
  execFileSync('bash', ['-eo', 'pipefail', '-c', script], {
    cwd: folder,
    env: { ...process.env, GITHUB_REF_NAME: tag },
    stdio: 'pipe',
  });
  return read(join(folder, 'notes.md'));
}

test('a tag is released with its section of CHANGELOG.md and no other', () => {
  const notes = notesOf(`v${packageJson.version}`);
  expect(notes).toContain('### Added');
  expect(notes).not.toMatch(/^## |Keep a Changelog/m);
});

test('a tag that is not the version is not released', () => {
  expect(() => notesOf('v9.9.9')).toThrow(/not the version/);
});

test('one Node.js: what the package brings, what functions run on and what .nvmrc names are of one line', () => {
  const line = read('.nvmrc').trim();
  expect(packageJson.devDependencies.node).toMatch(new RegExp(`^\\^${line}\\.`));
  expect(read('serverless.yml')).toContain(`nodejs${line}.x`);
  expect(read('.devcontainer/devcontainer.json')).toContain(`:${line}-`);
  for (const name of readdirSync('.github/workflows'))
    expect(read(`.github/workflows/${name}`), name).not.toMatch(/node-version: /);
});

test('every lock file is kept up to date by Dependabot', () => {
  const { updates } = parse(read('.github/dependabot.yml')) as {
    updates: { 'package-ecosystem': string; directories?: string[] }[];
  };
  const watched = updates.flatMap((entry) =>
    entry['package-ecosystem'] === 'npm' ? (entry.directories ?? []) : [],
  );
  const locked = tracked.filter((file) => /(^|\/)package-lock\.json$/.test(file));
  expect(watched.toSorted()).toEqual(
    locked.map((file) => `/${file.replace(/\/?package-lock\.json$/, '')}`).toSorted(),
  );
});

test('each form for issues comes in both languages', () => {
  const forms = readdirSync('.github/ISSUE_TEMPLATE').filter((name) => name !== 'config.yml');
  const kinds = (language: string) =>
    forms.filter((name) => name.endsWith(`.${language}.yml`)).map((name) => name.split(/[.-]/)[1]);
  expect(kinds('zh')).toEqual(['bug', 'idea']);
  expect(kinds('en')).toEqual(kinds('zh'));
  for (const name of forms)
    expect(parse(read(`.github/ISSUE_TEMPLATE/${name}`)), name).toHaveProperty('body');
});
