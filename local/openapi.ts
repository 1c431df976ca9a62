// Writes openapi.yaml from the routes, the client's types from that, and docs/events.schema.json from the events; with --check it only says
// whether they are up to date.
import { readFile, writeFile } from 'node:fs/promises';
import { stringify } from 'yaml';
import { routeSpecs } from '../lib/api/routes/index.ts';
import { CommandError, runCommand } from '../operate/command-line.ts';
import { say } from '../operate/language.ts';
import packageJson from '../package.json' with { type: 'json' };
import { areTypesOf, CLIENT_TYPES, clientTypes } from './client-types.ts';
import { eventSchemas } from './event-schemas.ts';
import { openApiDocument } from './openapi/document.ts';

const OPENAPI = 'openapi.yaml';
const EVENTS = 'docs/events.schema.json';

const USAGE = {
  name: 'openapi',
  about: say(
    'Writes openapi.yaml from the routes in lib/api/routes, the types of clients/typescript from openapi.yaml, and docs/events.schema.json from the events in lib/eventbridge/event-details.ts.',
    '由 lib/api/routes 中的路由生成 openapi.yaml，再由它生成 clients/typescript 的类型；由 lib/eventbridge/event-details.ts 中的事件生成 docs/events.schema.json。',
  ),
  usages: [['[--check]']],
  options: {
    check: {
      type: 'boolean',
      default: false,
      help: say('write nothing, and fail if a file is out of date', '不写入，只检查是否为最新'),
    },
  },
} as const;

await runCommand(USAGE, async ({ check }) => {
  const openapi = openapiText();
  const outdated: string[] = [];
  for (const [name, text] of [
    [OPENAPI, openapi],
    [EVENTS, eventsText()],
  ] as const) {
    if (!check) await writeFile(fileOf(name), text);
    else if ((await textOf(name)) !== text) outdated.push(name);
  }
  if (!areTypesOf(openapi, await textOf(CLIENT_TYPES))) {
    if (check) outdated.push(CLIENT_TYPES);
    else await writeFile(fileOf(CLIENT_TYPES), await clientTypes(openapi));
  }
  if (outdated.length === 0) return 0;
  throw new CommandError(
    say(
      `${outdated.join(', ')}: not what the code says. Run: npm run openapi`,
      `${outdated.join('、')}：与代码不一致，请运行 npm run openapi`,
    ),
  );
});

function openapiText(): string {
  const document = stringify(openApiDocument(routeSpecs, packageJson.version), {
    lineWidth: 120,
    aliasDuplicateObjects: false,
  });
  return `# Made from the routes in lib/api/routes by \`npm run openapi\`; change those.\n${document}`;
}

function eventsText(): string {
  return `${JSON.stringify(eventSchemas(), undefined, 2)}\n`;
}

function fileOf(name: string): URL {
  return new URL(`../${name}`, import.meta.url);
}

/** Empty where there is none. */
async function textOf(name: string): Promise<string> {
  return readFile(fileOf(name), 'utf8').catch(() => '');
}
