import { Link } from 'wouter';
import { bilingual } from '../bilingual.ts';
import { Page } from '../parts/page.tsx';
import { useTexts } from '../texts.ts';

const texts = bilingual({
  en: { title: 'There is no such page', back: 'To the overview' },
  zh: { title: '没有这个页面', back: '返回概览' },
});

/** For an address that no page has. */
export function NotHere() {
  const t = useTexts(texts);
  return (
    <Page title={t.title}>
      <Link href="/">{t.back}</Link>
    </Page>
  );
}
