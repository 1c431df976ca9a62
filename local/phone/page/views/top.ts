import { addresses, KEY } from '../addresses.ts';
import { type Child, h } from '../dom.ts';
import { type Language, textsIn } from '../texts/texts.ts';

/** What the line above the phone can do. */
export interface TopDeeds {
  /** The appids of the mini programs. */
  readonly apps: readonly string[];
  /** Goes to another mini program. */
  readonly switchTo: (app: number) => Promise<void>;
  /** Speaks another language. */
  readonly turn: (language: Language) => void;
}

/** What this is, where else there is to look, and which mini program and language it is in. */
export function topView(language: Language, app: number, { apps, switchTo, turn }: TopDeeds): Child[] {
  const texts = textsIn(language);
  const other: Language = language === 'zh' ? 'en' : 'zh';
  return [
    h('p', {}, texts.intro),
    apps.length > 1 && appChoice(apps, app, language, switchTo),
    h(
      'p',
      { class: 'links' },
      h('a', { id: 'to-console', href: `${addresses.api}/console/#key=${KEY}` }, texts.links.console),
      h('a', { id: 'to-api', href: `${addresses.api}/?lang=${language}` }, texts.links.api),
    ),
    h(
      'button',
      { id: 'language', lang: other === 'zh' ? 'zh-CN' : 'en', onclick: () => turn(other) },
      texts.other,
    ),
  ];
}

/** Which mini program is seen, where there are several. */
function appChoice(
  apps: readonly string[],
  app: number,
  language: Language,
  switchTo: (app: number) => Promise<void>,
): HTMLElement {
  const texts = textsIn(language);
  const choice = h(
    'select',
    {
      id: 'app-choice',
      onchange: () =>
        void switchTo(Number(choice.value)).catch(() => {
          choice.value = String(app);
        }),
    },
    ...apps.map((appid, index) =>
      h(
        'option',
        { value: String(index + 1), selected: index + 1 === app },
        `${texts.shop(index + 1)} · ${appid}`,
      ),
    ),
  );
  return h('label', { class: 'apps' }, texts.apps, choice);
}
