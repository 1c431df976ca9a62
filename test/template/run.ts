// Packages the service in the ways in which it is deployed, and has the templates checked.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '../../operate/command-line.ts';
import { say } from '../../operate/language.ts';
import { pythonTool } from '../deploy/python-tool.ts';
import { step } from '../deploy/steps.ts';
import { checkPolicies, lint, lintRole } from './checks.ts';
import { checkDeployingRole } from './deploying-role.ts';
import { packageVariants } from './package-variants.ts';
import { VARIANTS } from './variants.ts';

const USAGE = {
  name: 'test:template',
  about: say(
    `Packages the service in several ways (${VARIANTS.map(({ name }) => name).join(', ')}) and has cfn-lint and checkov (PyPI) check the templates, that of deploy/deploy-role.yml too. What they may find is in test/template/exceptions.ts. The deploying role is held against the rights that AWS's schemas state for every type of resource in them.`,
    '按各种方式打包服务，用 cfn-lint 和 checkov（PyPI）检查模板（包括 deploy/deploy-role.yml），并按 AWS 资源架构核对部署角色的权限。允许的例外见 test/template/exceptions.ts。',
  ),
  usages: [['']],
  options: {},
  notes: say(
    'It needs python3 with venv (Debian: python3-venv); what it installs stays in node_modules.',
    '需要带 venv 的 python3（Debian：python3-venv）；安装的内容放在 node_modules 中。',
  ),
} as const;

/** Whose template has everything in it. */
const FULLEST = new Set(['default', 'with-everything']);
const CFN_LINT = join(import.meta.dirname, 'cfn-lint.txt');
const CHECKOV = join(import.meta.dirname, 'checkov.txt');
const DEPLOY_ROLE = join(import.meta.dirname, '../../deploy/deploy-role.yml');

await runCommand(USAGE, async () => {
  await main();
  return 0;
});

/** Both at the same time: most of it is installing, one package after the other. */
async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'qingniao-templates-'));
  const startedAt = performance.now();
  try {
    const packaged = step('every variant is packaged', () => packageVariants(folder));
    const done = await Promise.allSettled([lintAll(packaged), checkAll(packaged)]);
    const found = done.flatMap((each) => (each.status === 'rejected' ? [messageOf(each.reason)] : []));
    if (found.length > 0) throw new Error(found.join('\n\n'));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  process.stdout.write(`\nChecked in ${Math.round((performance.now() - startedAt) / 1000)} s.\n`);
}

async function lintAll(packaged: Promise<ReadonlyMap<string, string>>): Promise<void> {
  const [bin, templates] = await Promise.all([
    step('cfn-lint is installed', () => pythonTool(CFN_LINT)),
    packaged,
  ]);
  for (const variant of VARIANTS) {
    const template = templates.get(variant.name) ?? '';
    await step(`cfn-lint: ${variant.name}`, () => lint(bin, template, variant));
    for (const region of variant.regions) {
      await step(`the deploying role may make it: ${variant.name} in ${region}`, () =>
        checkDeployingRole(bin, template, region),
      );
    }
  }
  await step('cfn-lint: the deploying role', () => lintRole(bin, DEPLOY_ROLE));
}

async function checkAll(packaged: Promise<ReadonlyMap<string, string>>): Promise<void> {
  const [bin, templates] = await Promise.all([
    step('checkov is installed', () => pythonTool(CHECKOV)),
    packaged,
  ]);
  const fullest = [...templates].filter(([name]) => FULLEST.has(name)).map(([, file]) => file);
  await step('checkov', () => checkPolicies(bin, [...fullest, DEPLOY_ROLE]));
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
