import { Title } from '@mantine/core';
import type { ReactNode } from 'react';

/** Stands where there is nothing to show: why that is, and what would bring something. */
export function Empty({ title, children }: { readonly title: string; readonly children?: ReactNode }) {
  return (
    <div className="empty">
      <Title order={3} size="h5">
        {title}
      </Title>
      {children}
    </div>
  );
}
