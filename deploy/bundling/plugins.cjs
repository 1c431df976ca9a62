// How bundles are made smaller and quicker to load than esbuild makes them by itself. What each part saves is in
// docs/decisions/0020-cold-starts.md.
const { basename, join } = require('node:path');
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

module.exports = [
  replace('undici', 'undici-parts.cjs'),
  undiciWithoutUnused,
  replace('@aws-sdk/credential-provider-node', 'lambda-credentials.mjs'),
  builtInsFromProcess,
];
