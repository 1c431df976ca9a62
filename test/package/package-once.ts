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
  project.provide('packaged', {
    templateText,
    bundles: bundles.map(({ functionName, zipBytes, files }) => ({
      functionName,
      zipBytes,
      paths: Object.keys(files),
      code: Buffer.from(files[`handlers/${functionName}.mjs`] ?? '').toString(),
    })),
  });
}
