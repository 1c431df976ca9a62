// How bundles are made smaller and quicker to load than esbuild makes them by itself. What each part saves is in
// docs/decisions/0020-cold-starts.md.
const { join } = require('node:path');
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

module.exports = [
  replace('undici', 'undici-parts.cjs'),
  replace('@aws-sdk/credential-provider-node', 'lambda-credentials.mjs'),
  builtInsFromProcess,
];
