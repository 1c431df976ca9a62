/** The parts of the API, by the first word of their paths; a generated client has a module for each. */
export const TAGS: Readonly<Record<string, { readonly name: string; readonly description: string }>> = {
  sessions: { name: 'sessions', description: "A user's login." },
  grants: { name: 'grants', description: 'What users allowed, and how much of it is left.' },
  messages: { name: 'messages', description: 'Messages to single users, now or at a time.' },
  campaigns: { name: 'campaigns', description: 'One message to many users, their runs and recipients.' },
  templates: { name: 'templates', description: "The account's templates, their rules and names." },
  stats: { name: 'statistics', description: 'What became of grants and messages, by template and day.' },
  users: { name: 'users', description: 'Erasing all that is stored of a user.' },
  wechat: { name: 'wechat', description: "For WeChat's servers only." },
  health: { name: 'health', description: 'Whether the service is well.' },
};

/** The part of the API to which a path belongs. @throws Error for one that has no part yet */
export function tagOf(path: string): string {
  const [, , word = ''] = path.split('/');
  const tag = TAGS[word];
  if (!tag) throw new Error(`${path}: name its part of the API in lib/api/openapi/tags.ts.`);
  return tag.name;
}
