import { Fragment, type ReactNode } from 'react';
import { Link } from 'wouter';
import type { Schemas } from '../../api/client.ts';
import { TemplateName } from '../../parts/template-name.tsx';
import { Time } from '../../parts/time.tsx';
import { useTexts } from '../../texts.ts';
import { messageTexts } from './texts.ts';

/** What is known of a message besides its story, each with the way to it. */
export function MessageFacts({ message }: { readonly message: Schemas['Message'] }) {
  const t = useTexts(messageTexts);
  const { to, templateId, page, device, campaignId, expiresAt, collapsedInto, attempts, id } = message;
  const facts: readonly (readonly [string, ReactNode])[] = [
    [t.user, <Way key="user" href={`/users/${to}`} name={to} />],
    [t.template, <TemplateName key="template" id={templateId} />],
    [t.page, page !== undefined && <code>{page}</code>],
    [t.device, device && <code>{`${device.sn} · ${device.modelId}`}</code>],
    [t.campaign, campaignId !== undefined && <Way href={`/campaigns/${campaignId}`} name={campaignId} />],
    [t.expires, expiresAt !== undefined && <Time at={expiresAt} />],
    [
      t.collapsed,
      collapsedInto !== undefined && <Way href={`/messages/${collapsedInto}`} name={collapsedInto} />,
    ],
    [t.attempts, String(attempts)],
    [t.id, <code key="id">{id}</code>],
  ];
  return (
    <dl className="facts">
      {facts.map(
        ([name, fact]) =>
          fact && (
            <Fragment key={name}>
              <dt>{name}</dt>
              <dd>{fact}</dd>
            </Fragment>
          ),
      )}
    </dl>
  );
}

function Way({ href, name }: { readonly href: string; readonly name: string }) {
  return (
    <Link href={href}>
      <code>{name}</code>
    </Link>
  );
}
