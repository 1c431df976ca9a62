import { createRequire } from 'node:module';
import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import type { TestProject } from 'vitest/node';
import { packageService } from '../../local/package-service.ts';

declare module 'vitest' {
  interface ProvidedContext {
    readonly packaged: {
      readonly templateText: string;
      readonly bundles: ReadonlyArray<{
        readonly functionName: string;
        readonly zipBytes: number;
        readonly paths: readonly string[];
        /** Text of the function. */
        readonly code: string;
        /** The same with white space, and with a comment before each file that names it. */
        readonly readable: string;
      }>;
    };
  }
}

/** Secrets of whoever packages, which must stay where they are. */
export const CANARY = 'canary-5f1c';
const SECRETS = {
  WECHAT_APP_SECRET: `${CANARY}-app-secret`,
  SESSION_SECRET: `${CANARY}-session-secret`,
  API_KEYS: `${CANARY}-api-keys`,
  AWS_SECRET_ACCESS_KEY: `${CANARY}-aws`,
};

/** Packages once, as for production, for all tests of this folder. */
export default async function packageOnce(project: TestProject): Promise<void> {
  const { templateText, bundles } = await packageService({
    stage: 'prod',
    env: { ...SECRETS, WECHAT_APP_ID: 'wx0123456789abcdef', USER_SENDABLE_TEMPLATES: 'template-1' },
  });
  const readable = await bundleReadably(bundles.map(({ functionName }) => functionName));
  project.provide('packaged', {
    templateText,
    bundles: bundles.map(({ functionName, zipBytes, files }) => ({
      functionName,
      zipBytes,
      paths: Object.keys(files),
      code: Buffer.from(files[`handlers/${functionName}.mjs`] ?? '').toString(),
      readable: readable.get(`${functionName}.js`) ?? '',
    })),
  });
}

/** Bundles as serverless.yml does, but without making anything smaller afterwards. */
async function bundleReadably(functionNames: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const plugins = createRequire(import.meta.url)('../../deploy/bundling/plugins.cjs') as Plugin[];
  const { outputFiles } = await build({
    entryPoints: functionNames.map((name) => `handlers/${name}.ts`),
    outdir: 'handlers',
    write: false,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    mainFields: ['module', 'main'],
    plugins,
    logLevel: 'error',
  });
  return new Map(
    outputFiles.map(({ path, text }) => [path.slice(join(process.cwd(), 'handlers/').length), text]),
  );
}
