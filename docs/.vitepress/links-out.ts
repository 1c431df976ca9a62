import { existsSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import type { MarkdownRenderer } from 'vitepress';
import { PUBLISHED } from './published-files.ts';

const DOCS = join(import.meta.dirname, '..');
const ROOT = join(DOCS, '..');

/** GitHub Pages serves a project below its name. */
export const BASE = process.env['DOCS_BASE'] || '/';

/** `owner/name`, which GitHub's machines know; elsewhere a file outside of the site has no address. */
const REPOSITORY = process.env['GITHUB_REPOSITORY'];

/**
 * Links that work on GitHub, made to work on the site: those to the repository's other files lead to GitHub, or are plain words where it
 * is not known; a file that the site hands out leads there.
 */
export function linksOut(md: MarkdownRenderer): void {
  md.core.ruler.push('links-out', ({ tokens, env }) => {
    for (const { children } of tokens) {
      for (const [at, token] of (children ?? []).entries()) {
        const href = token.type === 'link_open' ? token.attrGet('href') : null;
        if (href === null || /^([a-z]+:|#|\/)/.test(href)) continue;
        const [path = '', anchor = ''] = href.split(/(?=#)/);
        const file = resolve(dirname(env.realPath ?? env.path), decodeURI(path));
        const published = Object.entries(PUBLISHED).find(([, source]) => source === file)?.[0];
        if (published !== undefined) {
          token.attrSet('href', `${BASE}${published}`);
          token.attrSet('target', '_self');
        } else if (isPage(file)) continue;
        else if (REPOSITORY === undefined) plain(children ?? [], at, relative(ROOT, file));
        else
          token.attrSet(
            'href',
            `https://github.com/${REPOSITORY}/blob/main/${relative(ROOT, file)}${anchor}`,
          );
      }
    }
  });
}

/** Whether a file is a page of the site: the code of recipes is not. */
function isPage(file: string): boolean {
  return (
    file.startsWith(DOCS) &&
    !file.startsWith(join(DOCS, 'recipes')) &&
    file.endsWith('.md') &&
    existsSync(file)
  );
}

/** Makes the link that opens here into words, with the file's path where a mouse rests. */
function plain(
  children: { type: string; tag: string; attrs: [string, string][] | null }[],
  at: number,
  path: string,
): void {
  const open = children[at];
  const close = children.slice(at).find(({ type }) => type === 'link_close');
  if (!open || !close) return;
  open.tag = close.tag = 'span';
  open.attrs = [['title', path]];
}
