import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useParams } from 'wouter';
import { answered, api } from '../../api/client.ts';
import { Empty } from '../../parts/empty.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { OtherApps } from '../../parts/missing.tsx';
import { Page, Section } from '../../parts/page.tsx';
import { useSession } from '../../session/session.tsx';
import { useTexts } from '../../texts.ts';
import { EraseUser } from './erase-user.tsx';
import { GrantTable } from './grant-table.tsx';
import { rememberUser } from './recent-users.ts';
import { SendMessage } from './send-message.tsx';
import { userTexts } from './texts.ts';
import { UserCards } from './user-cards.tsx';
import { UserMessages } from './user-messages.tsx';

/** One user: what they allowed, every message to them, and what can be done. */
export default function User() {
  const t = useTexts(userTexts);
  const { openid = '' } = useParams<{ openid: string }>();
  const { may } = useSession();
  const [isErasing, setIsErasing] = useState(false);
  const [isSending, setIsSending] = useState(false);
  useEffect(() => rememberUser(openid), [openid]);
  const grants = useQuery({
    queryKey: ['grants', openid],
    queryFn: () => answered(api.GET('/v1/grants', { params: { query: { openid, limit: 200 } } })),
  });
  return (
    <Page
      title={t.user}
      intro={<code>{openid}</code>}
      actions={
        <>
          {may('send') && !isSending && <Button onClick={() => setIsSending(true)}>{t.send}</Button>}
          {may('manage') && (
            <Button variant="light" color="red" onClick={() => setIsErasing(true)}>
              {t.erase}
            </Button>
          )}
        </>
      }
    >
      {isSending && (
        <Section title={t.send}>
          <SendMessage openid={openid} grants={grants.data?.items ?? []} onDone={() => setIsSending(false)} />
        </Section>
      )}
      <Section title={t.grants}>
        <Loaded query={grants}>
          {({ items }) =>
            items.length === 0 ? (
              <Empty title={t.noGrants}>
                <p>{t.noGrantsText}</p>
                <p>
                  <OtherApps />
                </p>
              </Empty>
            ) : (
              <GrantTable grants={items} />
            )
          }
        </Loaded>
      </Section>
      <UserCards openid={openid} />
      <Section title={t.messages}>
        <UserMessages openid={openid} />
      </Section>
      <EraseUser openid={openid} isOpen={isErasing} onClose={() => setIsErasing(false)} />
    </Page>
  );
}
