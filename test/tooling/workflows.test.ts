import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly env?: Record<string, string>;
}
interface Job {
  readonly if?: string;
  readonly needs?: string;
  readonly environment?: string;
  readonly env?: Record<string, string>;
  readonly permissions?: Record<string, string>;
  readonly steps: readonly Step[];
}
interface Workflow {
  readonly on: Record<string, unknown>;
  readonly permissions: Record<string, string>;
  readonly jobs: Record<string, Job>;
}

const FOLDER = '.github/workflows';
const texts = readdirSync(FOLDER).map((name) => [name, readFileSync(join(FOLDER, name), 'utf8')] as const);
const workflow = (name: string) => parse(readFileSync(join(FOLDER, name), 'utf8')) as Workflow;

describe.each(texts)('%s', (name, text) => {
  test('runs actions by the hash of their commit, which nobody can move', () => {
    const used = [...text.matchAll(/uses: (\S+)/g)].map(([, action = '']) => action);
    expect(used.filter((action) => !/^[\w./-]+@[0-9a-f]{40}$/.test(action))).toEqual([]);
  });

  test('may read the code and, but for a job that says so, do nothing else', () => {
    expect(workflow(name).permissions).toEqual({ contents: 'read' });
  });

  test('puts nothing that others write into a script', () => {
    const scripts = Object.values(workflow(name).jobs).flatMap(({ steps }) =>
      steps.map(({ run }) => run ?? ''),
    );
    expect(scripts.filter((script) => script.includes('$' + '{{'))).toEqual([]);
  });

  test('runs scripts that exist', () => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as {
      scripts: Record<string, string>;
    };
    const named = [...text.matchAll(/npm run ([a-z:]+)/g)].map(([, script = '']) => script);
    expect(named.filter((script) => !(script in scripts))).toEqual([]);
  });
});

describe('deploying', () => {
  const { on, jobs } = workflow('deploy.yml');

  test('comes after the tests of what was pushed to main, or by hand', () => {
    expect(on).toEqual({
      workflow_run: { workflows: ['test'], types: ['completed'], branches: ['main'] },
      workflow_dispatch: null,
    });
    for (const part of ["conclusion == 'success'", "event == 'push'", "github.ref == 'refs/heads/main'"])
      expect(jobs['dev']?.if).toContain(part);
  });

  test('reaches production after dev, behind the gate of its environment', () => {
    expect(Object.keys(jobs)).toEqual(['dev', 'prod']);
    expect(jobs['prod']).toMatchObject({
      needs: 'dev',
      environment: 'production',
      steps: jobs['dev']?.steps,
    });
  });

  test('has no stored key of AWS', () => {
    for (const job of Object.values(jobs))
      expect(job.permissions).toEqual({ actions: 'read', contents: 'read', 'id-token': 'write' });
    expect(JSON.stringify(jobs)).toContain('role-to-assume');
    expect(JSON.stringify(jobs)).not.toMatch(/secret-access-key/i);
  });

  test.each(Object.entries(jobs))('shows %s no secret but in the one step that needs it', (_, job) => {
    const { steps, ...rest } = job;
    expect(JSON.stringify(rest)).not.toMatch(/secrets\.|github\.token/);
    const told = steps.filter((step) => JSON.stringify(step).includes('secrets.'));
    expect(told.map(({ run, env }) => [run?.split(' -- ')[0], Object.keys(env ?? {})])).toEqual([
      ['npm run doctor', ['QINGNIAO_API_KEY']],
    ]);
  });

  test.each([
    ['dev', 'dev'],
    ['prod', 'production'],
  ])('asks whether the environment of %s is limited to main before a role is lent', (stage, environment) => {
    const { steps = [] } = jobs[stage] ?? {};
    expect(jobs[stage]).toMatchObject({ environment, env: { STAGE: stage, ENVIRONMENT: environment } });
    const asks = steps.findIndex(({ run }) => run === 'node deploy/check-environment.ts');
    const lent = steps.findIndex(({ uses }) => uses?.startsWith('aws-actions/'));
    expect([asks >= 0, asks < lent]).toEqual([true, true]);
  });

  test('bounds the roles of the functions, and lets a repair through where only an alarm rings', () => {
    const scripts = jobs['prod']?.steps.map(({ run = '' }) => run).join('\n');
    expect(scripts).toContain('--param "permissionsBoundary=bounds-qingniao-$STAGE"');
    expect(scripts).toContain('npm run doctor -- --stage "$STAGE" --pipeline');
  });
});

describe('publishing', () => {
  const { on, jobs } = workflow('publish.yml');

  test('follows a tag, and is off until the repository says so', () => {
    expect(on).toEqual({ push: { tags: ['v*'] } });
    expect(Object.values(jobs).map((job) => job.if)).toEqual(["vars.PUBLISH == 'true'"]);
  });

  test('has no stored token: npm trusts the run itself, and vouches for it', () => {
    for (const job of Object.values(jobs))
      expect(job.permissions).toEqual({ contents: 'read', 'id-token': 'write' });
    expect(JSON.stringify(jobs)).not.toMatch(/secrets\.|NODE_AUTH_TOKEN/);
  });
});
