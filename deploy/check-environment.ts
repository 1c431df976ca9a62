// Ends a deployment from GitHub whose environment may be used from other branches than main: there, whoever can push a branch could
// deploy what nobody has looked at. Run by .github/workflows/deploy.yml.
import * as v from 'valibot';

const jobSchema = v.object({
  GITHUB_API_URL: v.string(),
  GITHUB_REPOSITORY: v.string(),
  GITHUB_TOKEN: v.string(),
  ENVIRONMENT: v.string(),
});
/** What is read of GitHub's "Get an environment". */
const environmentSchema = v.object({
  deployment_branch_policy: v.nullable(v.object({ custom_branch_policies: v.boolean() })),
});
/** What is read of GitHub's "List deployment branch policies". */
const policiesSchema = v.object({
  branch_policies: v.array(v.object({ name: v.string(), type: v.optional(v.string(), 'branch') })),
});

const { GITHUB_API_URL, GITHUB_REPOSITORY, GITHUB_TOKEN, ENVIRONMENT } = v.parse(jobSchema, process.env);
const url = `${GITHUB_API_URL}/repos/${GITHUB_REPOSITORY}/environments/${encodeURIComponent(ENVIRONMENT)}`;

const problem = await findProblem().catch((error: unknown) => `GitHub cannot be asked: ${String(error)}`);
if (problem !== undefined) {
  process.stderr.write(`${problem}\n`);
  process.exitCode = 1;
}

async function findProblem(): Promise<string | undefined> {
  const { deployment_branch_policy: limit } = v.parse(environmentSchema, await ask(url));
  const isOfNames = limit?.custom_branch_policies === true;
  const { branch_policies: allowed } = isOfNames
    ? v.parse(policiesSchema, await ask(`${url}/deployment-branch-policies`))
    : { branch_policies: [] };
  if (allowed.length === 1 && allowed[0]?.name === 'main' && allowed[0].type === 'branch') return undefined;
  return [
    `The environment ${ENVIRONMENT} is not limited to the branch main. In Settings → Environments → ${ENVIRONMENT} → Deployment branches and tags choose "Selected branches and tags" and add main, nothing else. See docs/en/deploy.md.`,
    `环境 ${ENVIRONMENT} 没有限定为 main 分支。请在 Settings → Environments → ${ENVIRONMENT} → Deployment branches and tags 选择 “Selected branches and tags”，只添加 main。见 docs/zh/deploy.md。`,
  ].join('\n');
}

async function ask(address: string): Promise<unknown> {
  const headers = { authorization: `Bearer ${GITHUB_TOKEN}`, accept: 'application/vnd.github+json' };
  const response = await fetch(address, { headers, signal: AbortSignal.timeout(30_000) });
  if (response.ok) return response.json();
  throw new Error(`${response.status} to ${address}; the job needs the permission actions: read.`);
}
