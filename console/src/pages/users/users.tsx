import { Button, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { Link, useLocation } from 'wouter';
import { Empty } from '../../parts/empty.tsx';
import { Page, Section } from '../../parts/page.tsx';
import { useTexts } from '../../texts.ts';
import { recentUsers } from './recent-users.ts';
import { userTexts } from './texts.ts';
import { UsersOfTemplate } from './users-of-template.tsx';

const OPENID = /^[A-Za-z0-9_-]{1,128}$/;

/** Finds a user. */
export default function Users() {
  const t = useTexts(userTexts);
  const [, go] = useLocation();
  const [openid, setOpenid] = useState('');
  const [isWrong, setIsWrong] = useState(false);
  const recent = recentUsers();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const given = openid.trim();
    if (OPENID.test(given)) go(`/users/${given}`);
    else setIsWrong(true);
  };
  return (
    <Page title={t.title} intro={t.intro}>
      <Section title={t.findTitle}>
        <form onSubmit={submit} className="filters">
          <TextInput
            className="wide"
            label={t.openid}
            value={openid}
            error={isWrong && t.badOpenid}
            onChange={(event) => {
              setIsWrong(false);
              setOpenid(event.currentTarget.value);
            }}
            autoComplete="off"
            spellCheck={false}
          />
          <Button type="submit" className="shrink">
            {t.find}
          </Button>
        </form>
        {recent.length === 0 ? (
          <Empty title={t.whatFor}>
            <p>{t.findText}</p>
          </Empty>
        ) : (
          <nav aria-label={t.recent}>
            <p className="dim">{t.recent}</p>
            <ul>
              {recent.map((one) => (
                <li key={one}>
                  <Link href={`/users/${one}`}>
                    <code>{one}</code>
                  </Link>
                </li>
              ))}
            </ul>
          </nav>
        )}
      </Section>
      <UsersOfTemplate />
    </Page>
  );
}
