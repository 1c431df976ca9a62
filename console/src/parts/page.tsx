import { Title } from '@mantine/core';
import { type ReactNode, useEffect } from 'react';

/** A page: its title, which the tab shows too, what can be done there, and its content. */
export function Page({
  title,
  actions,
  intro,
  children,
}: {
  readonly title: string;
  readonly actions?: ReactNode;
  readonly intro?: ReactNode;
  readonly children: ReactNode;
}) {
  useEffect(() => {
    document.title = `${title} · 青鸟 Qingniao`;
  }, [title]);
  return (
    <div className="page">
      <div className="page-head">
        <Title order={1} size="h2">
          {title}
        </Title>
        {actions && <div className="page-actions">{actions}</div>}
      </div>
      {intro && <p className="page-intro">{intro}</p>}
      {children}
    </div>
  );
}

/** A part of a page with a heading of its own. */
export function Section({
  title,
  actions,
  children,
}: {
  readonly title: string;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}) {
  return (
    <section className="section">
      <div className="section-head">
        <Title order={2} size="h4">
          {title}
        </Title>
        {actions}
      </div>
      {children}
    </section>
  );
}
