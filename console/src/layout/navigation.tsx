import { Link, useLocation } from 'wouter';
import { bilingual } from '../bilingual.ts';
import { Icon } from '../parts/icon.tsx';
import { useSession } from '../session/session.tsx';
import { useTexts } from '../texts.ts';
import { DESTINATIONS, leadsTo, pageNames } from './destinations.ts';

const texts = bilingual({ en: { pages: 'Pages' }, zh: { pages: '页面' } });

/** The way to the pages that the key may see. */
export function Navigation() {
  const t = useTexts(texts);
  const names = useTexts(pageNames);
  const { may } = useSession();
  const [location] = useLocation();
  return (
    <nav id="navigation" aria-label={t.pages}>
      <ul>
        {DESTINATIONS.filter(({ needs }) => may(needs)).map((destination) => (
          <li key={destination.name}>
            <Link href={destination.path} aria-current={leadsTo(destination, location) ? 'page' : undefined}>
              <Icon name={destination.name} />
              {names[destination.name]}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
