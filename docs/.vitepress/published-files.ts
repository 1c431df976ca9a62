import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';

const ROOT = join(import.meta.dirname, '../..');

/** Files of the repository that the site hands out as they are, by the name under its base. */
export const PUBLISHED: Readonly<Record<string, string>> = {
  'openapi.yaml': join(ROOT, 'openapi.yaml'),
  'events.schema.json': join(ROOT, 'docs/events.schema.json'),
};

/** Serves them while `npm run docs` runs; a build copies them. */
export function publishedFiles(): Plugin {
  return {
    name: 'published-files',
    configureServer({ middlewares }) {
      middlewares.use((request, response, next) => {
        const file = PUBLISHED[request.url?.split('/').at(-1) ?? ''];
        if (file === undefined || request.headers['sec-fetch-dest'] === 'script') next();
        else createReadStream(file).pipe(response);
      });
    },
  };
}
