import { ActionIcon } from '@mantine/core';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useLocation } from 'wouter';
import { bilingual } from '../bilingual.ts';
import { Icon } from '../parts/icon.tsx';
import { useTexts } from '../texts.ts';
import { AccountMenu } from './account-menu.tsx';
import { AppSwitch } from './app-switch.tsx';
import { Navigation } from './navigation.tsx';

const texts = bilingual({
  en: { skip: 'Skip to the content', menu: 'Menu', name: 'Qingniao' },
  zh: { skip: '跳到正文', menu: '菜单', name: '青鸟' },
});

/** What is around every page: the way to the others, the choice of a mini program, and the account. */
export function Shell({ children }: { readonly children: ReactNode }) {
  const t = useTexts(texts);
  const [location] = useLocation();
  const [isOpen, setIsOpen] = useState(false);
  const main = useRef<HTMLElement>(null);
  const shown = useRef(location);
  useEffect(() => {
    if (shown.current === location) return;
    shown.current = location;
    setIsOpen(false);
    // A reader of the screen is told of the new page, and the next Tab begins in it.
    main.current?.focus();
    window.scrollTo(0, 0);
  }, [location]);
  return (
    <div className="shell" data-open={isOpen}>
      <a className="skip" href="#content">
        {t.skip}
      </a>
      <header className="top">
        <ActionIcon
          className="menu-button"
          variant="subtle"
          size="lg"
          aria-label={t.menu}
          aria-expanded={isOpen}
          aria-controls="navigation"
          onClick={() => setIsOpen((open) => !open)}
        >
          <Icon name={isOpen ? 'close' : 'menu'} />
        </ActionIcon>
        <div className="brand">
          <img src={`${import.meta.env.BASE_URL}icon.svg`} alt="" width={26} height={26} />
          <span>{t.name}</span>
        </div>
        <AppSwitch />
        <AccountMenu />
      </header>
      <Navigation />
      <main id="content" ref={main} tabIndex={-1}>
        {children}
      </main>
    </div>
  );
}
