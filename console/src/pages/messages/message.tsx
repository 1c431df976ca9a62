import { Alert, Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useParams } from 'wouter';
import { answered, api, type Schemas } from '../../api/client.ts';
import { Loaded } from '../../parts/loaded.tsx';
import { Page, Section } from '../../parts/page.tsx';
import { PhoneCard } from '../../parts/phone-card.tsx';
import { isUnderWay, statusNames } from '../../parts/status-badge.tsx';
import { useTemplates } from '../../parts/templates.ts';
import { usePreferences } from '../../preferences/preferences.tsx';
import { useSession } from '../../session/session.tsx';
import { useTexts } from '../../texts.ts';
import { CancelMessage } from './cancel-message.tsx';
import { MessageFacts } from './message-facts.tsx';
import { SettleMessage } from './settle-message.tsx';
import { Story } from './story.tsx';
import { messageTexts } from './texts.ts';

type Message = Schemas['Message'];

/** One message: where it stands and what to do, what happened to it, and the card. */
export default function MessagePage() {
  const t = useTexts(messageTexts);
  const { id = '' } = useParams<{ id: string }>();
  const query = useQuery({
    queryKey: ['messages', 'one', id],
    queryFn: () => answered(api.GET('/v1/messages/{id}', { params: { path: { id } } })),
    refetchInterval: ({ state }) => (state.data ? lookAgainMs(state.data) : false),
  });
  return (
    <Page title={t.message} actions={query.data && <Actions message={query.data} />}>
      <Loaded query={query} sought={{ is: 'message', id }}>
        {(message) => <Whole message={message} />}
      </Loaded>
    </Page>
  );
}

/** What waits for its time is looked at when that has come; what is queued, at once. */
function lookAgainMs(message: Message): number | false {
  if (isUnderWay(message)) return 1_500;
  if (message.status !== 'scheduled') return false;
  return Math.min(Math.max(1_500, Date.parse(message.sendAt) - Date.now()), 60_000);
}

function Actions({ message }: { readonly message: Message }) {
  const t = useTexts(messageTexts);
  const { may } = useSession();
  const [asked, setAsked] = useState<'settle' | 'cancel'>();
  const close = () => setAsked(undefined);
  return (
    <>
      {message.status === 'unknown' && may('manage') && (
        <Button onClick={() => setAsked('settle')}>{t.settle}</Button>
      )}
      {(message.status === 'scheduled' || message.status === 'queued') && may('send') && (
        <Button variant="default" onClick={() => setAsked('cancel')}>
          {t.cancel}
        </Button>
      )}
      <SettleMessage id={message.id} isOpen={asked === 'settle'} onClose={close} />
      <CancelMessage id={message.id} isOpen={asked === 'cancel'} onClose={close} />
    </>
  );
}

const COLORS: Readonly<Partial<Record<Message['status'], string>>> = {
  refused: 'orange',
  failed: 'red',
  unknown: 'yellow',
};

function Whole({ message }: { readonly message: Message }) {
  const t = useTexts(messageTexts);
  const names = useTexts(statusNames);
  const { language } = usePreferences();
  const { find } = useTemplates();
  const template = find(message.templateId);
  const remedy = message.outcome?.remedy?.[language];
  return (
    <>
      <Alert color={COLORS[message.status] ?? 'gray'} variant="light" title={names[message.status]}>
        {t.statusMeans[message.status]}
        {remedy !== undefined && (
          <p className="remedy">
            <strong>{t.whatToDo}</strong> {remedy}
          </p>
        )}
      </Alert>
      <div className="columns">
        <Section title={t.story}>
          <Story message={message} />
        </Section>
        {template && (
          <PhoneCard
            template={template}
            data={message.data}
            opensPage={message.page !== undefined}
            lang={message.lang}
          />
        )}
      </div>
      <Section title={t.facts}>
        <MessageFacts message={message} />
      </Section>
    </>
  );
}
