// Writes openapi.yaml from the routes; with --check it only says whether the file is up to date.
import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { stringify } from 'yaml';
import { openApiDocument } from '../lib/api/openapi/document.ts';
import { routeSpecs } from '../lib/api/routes/index.ts';
import packageJson from '../package.json' with { type: 'json' };

const file = new URL('../openapi.yaml', import.meta.url);

const HELP = `npm run openapi [-- --check]

Writes openapi.yaml from the routes in lib/api/routes. With --check it writes nothing and fails if the file is out of date.
由 lib/api/routes 中的路由生成 openapi.yaml；加 --check 只检查是否为最新。
`;

const { values } = parseArgs({
  options: { check: { type: 'boolean', default: false }, help: { type: 'boolean', short: 'h' } },
});
if (values.help) {
  process.stdout.write(HELP);
  process.exit();
}
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
