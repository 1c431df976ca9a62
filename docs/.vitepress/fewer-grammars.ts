import { readFileSync } from 'node:fs';
import type { Plugin } from 'vite';

/** What the API reference colors. */
const KEPT = new Set(['json', 'shellscript', 'javascript', 'php', 'python', 'http']);

/** Leaves out the grammars of some 300 other languages that come along with the API reference: most of a build otherwise. */
export function fewerGrammars(): Plugin {
  return {
    name: 'fewer-grammars',
    enforce: 'pre',
    load(id) {
      const [, language] = /\/vitepress-openapi\/dist\/([a-z0-9-]+)-[\w-]{8}\.js$/.exec(id) ?? [];
      if (language === undefined || KEPT.has(language)) return;
      return readFileSync(id, 'utf8').includes('scopeName')
        ? 'const none = []; export { none as default, none as i, none as n, none as r, none as t };'
        : undefined;
    },
  };
}
