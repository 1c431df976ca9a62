// Writes openapi.yaml from the routes and events.schema.json from the events; with --check it only says whether they are up to date.
import { readFile, writeFile } from 'node:fs/promises';
import { stringify } from 'yaml';
import { openApiDocument } from '../lib/api/openapi/document.ts';
import { routeSpecs } from '../lib/api/routes/index.ts';
import { CommandError, runCommand } from '../operate/command-line.ts';
import packageJson from '../package.json' with { type: 'json' };
import { eventSchemas } from './event-schemas.ts';

const HELP = `npm run openapi [-- --check]

Writes openapi.yaml from the routes in lib/api/routes, and events.schema.json from the events in lib/eventbridge/event-details.ts.
With --check it writes nothing and fails if a file is out of date.
由 lib/api/routes 中的路由生成 openapi.yaml，由 lib/eventbridge/event-details.ts 中的事件生成 events.schema.json；加 --check 只检查是否为最新。
`;

await runCommand(
  { name: 'openapi', help: HELP, options: { check: { type: 'boolean', default: false } } },
  async ({ check }) => {
    const outdated: string[] = [];
    for (const [name, text] of Object.entries(documents())) {
      const file = new URL(`../${name}`, import.meta.url);
      if (!check) await writeFile(file, text);
      else if ((await readFile(file, 'utf8').catch(() => '')) !== text) outdated.push(name);
    }
    if (outdated.length === 0) return 0;
    throw new CommandError(`${outdated.join(', ')}: not what the code says. Run: npm run openapi`);
  },
);

function documents(): Record<string, string> {
  const document = stringify(openApiDocument(routeSpecs, packageJson.version), {
    lineWidth: 120,
    aliasDuplicateObjects: false,
  });
  return {
    'openapi.yaml': `# Made from the routes in lib/api/routes by \`npm run openapi\`; change those.\n${document}`,
    'events.schema.json': `${JSON.stringify(eventSchemas(), undefined, 2)}\n`,
  };
}
