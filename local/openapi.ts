// Writes openapi.yaml from the routes; with --check it only says whether the file is up to date.
import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { stringify } from 'yaml';
import { openApiDocument } from '../lib/api/openapi/document.ts';
import { routeSpecs } from '../lib/api/routes/index.ts';
import packageJson from '../package.json' with { type: 'json' };

const file = new URL('../openapi.yaml', import.meta.url);

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
const document = openApiDocument(routeSpecs, packageJson.version);
const text = `# Made from the routes in lib/api/routes by \`npm run openapi\`; change those.\n${stringify(
  document,
  {
    lineWidth: 120,
    aliasDuplicateObjects: false,
  },
)}`;

if (!values.check) {
  await writeFile(file, text);
} else if ((await readFile(file, 'utf8').catch(() => '')) !== text) {
  console.error('openapi.yaml is not what the routes say. Run: npm run openapi');
  process.exitCode = 1;
}
