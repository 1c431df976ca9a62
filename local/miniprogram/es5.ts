import { type Options, transformSync } from '@swc/wasm';
import { build } from 'esbuild';

/** One module in the two forms of JavaScript modules. */
export interface Bundle {
  readonly commonJs: string;
  readonly esModule: string;
}

const OPTIONS: Options = {
  // A target older than any phone's. Symbols are not used, so `typeof` and `instanceof` stay what they are.
  env: { targets: { ie: '9' }, exclude: ['transform-typeof-symbol', 'transform-instanceof'], loose: true },
  jsc: { minify: { compress: { passes: 3, toplevel: true }, mangle: { toplevel: true } } },
  minify: true,
};

/**
 * Bundles a module and everything that it imports into one minified file of ECMAScript 5, which old base libraries run
 * as it is; of newer syntax the ES module has its `export` only. esbuild bundles; it cannot lower `const` or
 * destructuring, so swc does that.
 */
export async function bundleEs5(entry: string): Promise<Bundle> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    charset: 'utf8',
  });
  const bundle = outputFiles[0]?.text ?? '';
  const commonJs = transformSync(withCommonJsExports(bundle), { ...OPTIONS, isModule: false });
  const esModule = transformSync(bundle, { ...OPTIONS, isModule: true });
  return { commonJs: `"use strict";${commonJs.code}`, esModule: esModule.code };
}

/** A bundle ends with one list of exports; assignments instead need no helper. */
function withCommonJsExports(bundle: string): string {
  return bundle.replace(/export \{([^}]*)\};\s*$/, (_, names: string) =>
    names
      .split(',')
      .map((name) => `exports.${name.trim()} = ${name.trim()};`)
      .join('\n'),
  );
}
