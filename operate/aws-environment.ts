import type { Environment } from '../lib/settings/settings.ts';

/** Where a stage is deployed unless something else is said: the default of serverless.yml. */
const DEFAULT_REGION = 'ap-southeast-1';

const LOCAL_HOSTS = new Set(['127.0.0.1', 'localhost', '[::1]']);

/**
 * The environment to open AWS clients with. `region` goes before AWS_REGION. An endpoint on this machine belongs to a
 * local stack, which checks no credentials: where none are set it gets made-up ones, so that nothing real goes there.
 */
export function awsEnvironment(
  env: Environment,
  { region, endpoint }: { region?: string | undefined; endpoint?: string | undefined },
): Environment {
  const regional = { ...env, AWS_REGION: regionFor(env, region) };
  if (endpoint === undefined || !isLocal(endpoint)) return regional;
  return { AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local', ...regional };
}

/** The region that is meant: the one named, else that of the environment, else the one that a stage is deployed to. */
export function regionFor(env: Environment, named: string | undefined): string {
  return named ?? env['AWS_REGION'] ?? env['AWS_DEFAULT_REGION'] ?? DEFAULT_REGION;
}

/** Whether an address is on this machine. */
export function isLocal(url: string): boolean {
  return LOCAL_HOSTS.has(new URL(url).hostname);
}
