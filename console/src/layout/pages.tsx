import { Loader } from '@mantine/core';
import { type ComponentType, lazy, Suspense } from 'react';
import { Route, Switch, useLocation } from 'wouter';
import { useSession } from '../session/session.tsx';
import { NotHere } from './not-here.tsx';

/** The pages by their addresses; each comes when it is first opened. */
const PAGES: Readonly<Record<string, ComponentType>> = {
  '/': lazy(() => import('../pages/overview/overview.tsx')),
  '/users': lazy(() => import('../pages/users/users.tsx')),
  '/users/:openid': lazy(() => import('../pages/users/user.tsx')),
  '/messages': lazy(() => import('../pages/messages/messages.tsx')),
  '/messages/:id': lazy(() => import('../pages/messages/message.tsx')),
  '/campaigns': lazy(() => import('../pages/campaigns/campaigns.tsx')),
  '/campaigns/new': lazy(() => import('../pages/campaigns/new/new-campaign.tsx')),
  '/campaigns/:id': lazy(() => import('../pages/campaigns/campaign.tsx')),
  '/campaigns/:id/runs/:runId': lazy(() => import('../pages/campaigns/run.tsx')),
  '/templates': lazy(() => import('../pages/templates/templates.tsx')),
  '/templates/library': lazy(() => import('../pages/templates/library.tsx')),
  '/templates/:id': lazy(() => import('../pages/templates/template.tsx')),
  '/apps': lazy(() => import('../pages/apps/apps.tsx')),
  '/audit': lazy(() => import('../pages/audit/audit.tsx')),
};

/** The page of the address. */
export function Pages() {
  const { app } = useSession();
  const [location] = useLocation();
  return (
    // Another mini program begins with nothing filled in.
    <Suspense key={app.appid} fallback={<Loader className="page-loader" />}>
      <Switch>
        {Object.entries(PAGES).map(([path, Page]) => (
          <Route key={path} path={path}>
            {/* Another user, message or run begins anew too. */}
            <Page key={location} />
          </Route>
        ))}
        <Route>
          <NotHere />
        </Route>
      </Switch>
    </Suspense>
  );
}
