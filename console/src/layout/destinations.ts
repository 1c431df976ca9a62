import { bilingual } from '../bilingual.ts';
import type { Scope } from '../session/session.tsx';

/** The names of the pages. */
export const pageNames = bilingual({
  en: {
    overview: 'Overview',
    users: 'Users',
    messages: 'Messages',
    campaigns: 'Campaigns',
    templates: 'Templates',
    apps: 'Mini programs',
    audit: 'Audit trail',
  },
  zh: {
    overview: '概览',
    users: '用户',
    messages: '消息',
    campaigns: '群发活动',
    templates: '模板',
    apps: '小程序',
    audit: '操作记录',
  },
});

/** A page that the navigation leads to. */
export interface Destination {
  readonly name: keyof typeof pageNames.en;
  readonly path: string;
  /** The scope without which the page has nothing to show. */
  readonly needs: Scope;
}

/** The pages in the order of the navigation. */
export const DESTINATIONS: readonly Destination[] = [
  { name: 'overview', path: '/', needs: 'read' },
  { name: 'users', path: '/users', needs: 'read' },
  { name: 'messages', path: '/messages', needs: 'read' },
  { name: 'campaigns', path: '/campaigns', needs: 'read' },
  { name: 'templates', path: '/templates', needs: 'read' },
  { name: 'apps', path: '/apps', needs: 'read' },
  { name: 'audit', path: '/audit', needs: 'read' },
];

/** Whether a page is, or is behind, this destination. */
export function leadsTo({ path }: Destination, location: string): boolean {
  return path === '/' ? location === '/' : location === path || location.startsWith(`${path}/`);
}
