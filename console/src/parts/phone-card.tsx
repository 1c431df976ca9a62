import { bilingual } from '../bilingual.ts';
import { useSession } from '../session/session.tsx';
import { useTexts } from '../texts.ts';
import type { Template } from './templates.ts';

const texts = bilingual({
  en: { picture: 'The card as the phone shows it' },
  zh: { picture: '手机上显示的卡片' },
});

/** What the phone says at the foot of a card, by the language of the card. */
const OPEN = {
  zh_CN: '进入小程序查看',
  en_US: 'View in Mini Program',
  zh_HK: '進入小程式查看',
  zh_TW: '進入小程式查看',
};

/** A subscribe message as WeChat draws it in the chat: the fields in the template's order. */
export function PhoneCard({
  template,
  data,
  opensPage,
  lang = 'zh_CN',
}: {
  readonly template: Pick<Template, 'title' | 'fields'>;
  readonly data: Readonly<Record<string, string>>;
  readonly opensPage: boolean;
  readonly lang?: keyof typeof OPEN;
}) {
  const t = useTexts(texts);
  const { app } = useSession();
  return (
    <figure className="chat" aria-label={t.picture}>
      <div className="phone-card">
        <header>
          <img src={`${import.meta.env.BASE_URL}icon.svg`} alt="" width={20} height={20} />
          {app.name ?? app.appid}
        </header>
        <h3>{template.title}</h3>
        <dl>
          {template.fields.map(({ key, label }) => (
            <Row key={key} label={label} value={data[key] ?? ''} />
          ))}
        </dl>
        {opensPage && (
          <footer>
            {OPEN[lang]} <span aria-hidden="true">›</span>
          </footer>
        )}
      </div>
    </figure>
  );
}

function Row({ label, value }: { readonly label: string; readonly value: string }) {
  return (
    <>
      <dt>{label}</dt>
      <dd>{value === '' ? '—' : value}</dd>
    </>
  );
}
