import { transformSync } from '@swc/wasm';
import { build } from 'esbuild';

/**
 * Bundles a module and everything that it imports into one minified CommonJS file of ECMAScript 5, which old base
 * libraries run as it is. esbuild bundles; it cannot lower `const` or destructuring, so swc does that.
 */
export async function bundleEs5(entry: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    charset: 'utf8',
  });
  const { code } = transformSync(withCommonJsExports(outputFiles[0]?.text ?? ''), {
    isModule: false,
    // A target older than any phone's. Symbols are not used, so `typeof` and `instanceof` stay what they are.
    env: { targets: { ie: '9' }, exclude: ['transform-typeof-symbol', 'transform-instanceof'], loose: true },
    jsc: { minify: { compress: { passes: 3, toplevel: true }, mangle: { toplevel: true } } },
    minify: true,
  });
  return `"use strict";${code}`;
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
