// How bundles are made smaller and quicker to load than esbuild makes them by itself. What each part saves is in
// docs/decisions/0020-cold-starts.md.
const { basename, join } = require('node:path');
const { readFile } = require('node:fs/promises');
const { builtinModules } = require('node:module');

/** Puts a module of ours in the place of a package. */
const replace = (name, file) => ({
  name: `replace ${name}`,
  setup(build) {
    const filter = new RegExp(`^${name.replaceAll(/[/.]/g, '\\$&')}$`);
    build.onResolve({ filter }, () => ({ path: join(__dirname, file) }));
  },
});

const BUILT_IN = new RegExp(
  `^(node:)?(${builtinModules.filter((name) => !name.startsWith('_')).join('|')})$`,
);

/**
 * Takes Node's own modules from the process instead of importing them: a static import of `http` in an ES module loads Node's own fetch
 * too, which nobody uses here.
 */
const builtInsFromProcess = {
  name: 'built-ins from the process',
  setup(build) {
    build.onResolve({ filter: BUILT_IN }, ({ path }) => ({
      path: path.replace(/^node:/, ''),
      namespace: 'built-in',
    }));
    build.onLoad({ filter: /.*/, namespace: 'built-in' }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule('node:${path}');`,
      loader: 'js',
    }));
  },
};

/**
 * Only AWS's readers of a developer's files take this of packages, and with it Node loads file watchers and a line editor. So it is
 * taken when a file is read.
 */
const filesWhenRead = {
  name: 'files when they are read',
  setup(build) {
    build.onResolve({ filter: /^node:fs\/promises$/ }, ({ importer, path }) =>
      /[/\\]node_modules[/\\]/.test(importer) ? { path, namespace: 'files' } : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: 'files' }, () => ({
      contents: `export const readFile = (...file) => process.getBuiltinModule('node:fs/promises').readFile(...file);`,
      loader: 'js',
    }));
  },
};

/** Files of undici that no request of ours comes to: another protocol, forms as bodies, and the parser for processors of other kinds. */
const UNUSED = [
  'lib/dispatcher/client-h2.js',
  'lib/llhttp/llhttp-wasm.js',
  'lib/web/fetch/body.js',
  'lib/web/fetch/formdata.js',
  'lib/web/webidl/index.js',
];

/** Leaves those out, and the parser that undici tries out and leaves out itself where it is bundled. */
const undiciWithoutUnused = {
  name: 'undici without what is unused',
  setup(build) {
    build.initialOptions.define = { ...build.initialOptions.define, esbuildDetection: 'true' };
    const filter = new RegExp(
      `[/\\\\]undici[/\\\\](${UNUSED.join('|').replaceAll('.', '\\.').replaceAll('/', '[/\\\\]')})$`,
    );
    build.onLoad({ filter }, ({ path }) => ({
      contents: `module.exports = () => { throw new Error(${JSON.stringify(`The bundle leaves out undici's ${basename(path)}.`)}); };`,
      loader: 'js',
    }));
  },
};

/**
 * Packages that AWS's clients import and that no call of ours comes to, each with what stands in its place: the clients get our own
 * connections and the credentials that Lambda puts into the environment, and sign for one region.
 */
const LEFT_OUT = {
  '@aws-sdk/credential-provider-node': `
    export const defaultProvider = () => async () => {
      throw new Error('Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. Lambda sets both itself.');
    };`,
  '@smithy/node-http-handler': `
    export const NodeHttpHandler = { create: (handler) => handler };
    export const streamCollector = undefined;`,
  '@smithy/core/event-streams': `export const EventStreamSerde = undefined, eventStreamSerdeProvider = undefined;`,
  '@aws-sdk/middleware-endpoint-discovery': `
    export const NODE_ENDPOINT_DISCOVERY_CONFIG_OPTIONS = {};
    export const resolveEndpointDiscoveryConfig = (config) => config;`,
  '@aws-sdk/signature-v4-multi-region': `export { SignatureV4 as SignatureV4MultiRegion } from '@smithy/signature-v4';`,
};

const withoutUnusedPackages = {
  name: 'packages that are left out',
  setup(build) {
    const names = Object.keys(LEFT_OUT).map((name) => name.replaceAll(/[/.]/g, '\\$&'));
    build.onResolve({ filter: new RegExp(`^(${names.join('|')})$`) }, ({ path }) => ({
      path,
      namespace: 'left-out',
      sideEffects: false,
    }));
    build.onLoad({ filter: /.*/, namespace: 'left-out' }, ({ path }) => ({
      contents: LEFT_OUT[path],
      loader: 'js',
      resolveDir: __dirname,
    }));
  },
};

/** The errors of SSM that GetParameters may answer with, and that of all. Any other comes as the last, by its own name. */
const SSM_ERRORS = ['InternalServerError', 'InvalidKeyId', 'SSMServiceException'];

/**
 * The shapes of a client without those that no call of ours comes to. They stay in a bundle for two reasons: SSM registers the errors of all
 * of its operations, and a computed key looks as though it might do something. Where a release writes them otherwise, bundles only grow.
 */
const shapesWithoutUnused = {
  name: "shapes of AWS's clients without what is unused",
  setup(build) {
    build.onLoad(
      { filter: /[/\\]client-[\w-]+[/\\]dist-es[/\\]schemas[/\\]schemas_0\.js$/ },
      async ({ path }) => {
        const text = await readFile(path, 'utf8');
        const names = new Map(
          [...text.matchAll(/^const (_\w+) = ("[^"]*");$/gm)].map(([, name, value]) => [name, value]),
        );
        const plain = text.replaceAll(/\[(_\w+)\]:/g, (key, name) =>
          names.has(name) ? `${names.get(name)}:` : key,
        );
        const isUsed = (_line, error) => !path.includes('client-ssm') || SSM_ERRORS.includes(error);
        return {
          contents: plain.replaceAll(/^\w+\.registerError\((\w+)\$, \w+\);$/gm, (...line) =>
            isUsed(...line) ? line[0] : '',
          ),
          loader: 'js',
        };
      },
    );
  },
};

module.exports = [
  replace('undici', 'undici-parts.cjs'),
  undiciWithoutUnused,
  withoutUnusedPackages,
  shapesWithoutUnused,
  filesWhenRead,
  builtInsFromProcess,
];
