import { Alert, Button, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from 'wouter';
import { answered, api } from '../../api/client.ts';
import { ErrorAlert } from '../../parts/error-alert.tsx';
import { useTemplates } from '../../parts/templates.ts';
import { usePreferences } from '../../preferences/preferences.tsx';
import { useSession } from '../../session/session.tsx';
import { useTexts } from '../../texts.ts';
import { findingTexts } from './finding-texts.ts';
import { type Finding, judge } from './judge.ts';
import { type DayStatistics, shownDays, sumOf } from './statistics.ts';

/** What is wrong now, and what to do about it. */
export function Findings({ items }: { readonly items: readonly DayStatistics[] }) {
  const t = useTexts(findingTexts);
  const { language, timezone } = usePreferences();
  const { app, deadLetters, may } = useSession();
  const { query } = useTemplates();
  const unknown = useQuery({
    queryKey: ['messages', 'unknown', 'any'],
    refetchInterval: 60_000,
    queryFn: () => answered(api.GET('/v1/messages', { params: { query: { status: 'unknown', limit: 1 } } })),
  });
  const today = shownDays(Date.now(), timezone).at(-1);
  const findings = judge({
    app,
    deadLetters,
    templates: query.data,
    today: sumOf(items.filter(({ day }) => day === today)),
    hasUnknown: (unknown.data?.items.length ?? 0) > 0,
    nowMs: Date.now(),
  });
  return (
    <section aria-label={t.title} className="findings">
      {findings.length === 0 && query.data && unknown.data && (
        <Alert color="green" variant="light" title={t.fine}>
          {t.fineText}
        </Alert>
      )}
      {query.error && <ErrorAlert error={query.error} onRetry={() => void query.refetch()} />}
      {findings.map((finding) => (
        <Alert
          key={finding.key}
          color={finding.isUrgent ? 'red' : 'yellow'}
          variant="light"
          title={finding.title[language]}
        >
          <Text size="sm">{finding.remedy[language]}</Text>
          <Way finding={finding} />
        </Alert>
      ))}
      {may('manage') && findings.some(({ key }) => ASKS_WECHAT.has(key)) && <AskAgain />}
    </section>
  );
}

const ASKS_WECHAT = new Set(['credentials-refused', 'never-synced', 'stale']);

function Way({ finding }: { readonly finding: Finding }) {
  const t = useTexts(findingTexts);
  if (finding.leadsTo === undefined) return null;
  return (
    <Link href={finding.leadsTo} className="way">
      {t.look}
    </Link>
  );
}

/** Reads the templates from WeChat: whether it works, and WeChat's own answer where it does not. */
function AskAgain() {
  const t = useTexts(findingTexts);
  const queries = useQueryClient();
  const sync = useMutation({
    mutationFn: () => answered(api.POST('/v1/templates/sync')),
    onSuccess: () => queries.invalidateQueries(),
  });
  return (
    <div className="ask-again">
      <Button variant="default" size="xs" loading={sync.isPending} onClick={() => sync.mutate()}>
        {t.ask}
      </Button>
      {sync.error && <ErrorAlert error={sync.error} />}
    </div>
  );
}
