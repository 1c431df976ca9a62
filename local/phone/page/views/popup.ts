import type { Deeds } from '../deeds/deeds.ts';
import { h } from '../dom.ts';
import { icon } from '../icons.ts';
import type { Asking, State } from '../state.ts';
import { SAMPLES } from '../texts/samples.ts';
import type { Texts } from '../texts/zh.ts';
import type { Template } from '../wechat-answers.ts';
import type { PopupAnswer } from '../wx.ts';
import { fieldsOf } from './card.ts';
import { dialog } from './dialog.ts';
import { shopLine } from './shop.ts';

/** The popup by which WeChat asks the user (WeChat contract §7.1, §8.1b). */
export function popupView(asking: Asking, state: State, texts: Texts, deeds: Deeds): HTMLElement {
  const { about, templateIds } = asking;
  const asked = templateIds.flatMap(
    (id) => state.templates.find(({ templateId }) => templateId === id) ?? [],
  );
  const option = h('input', { id: about === 'message' ? 'always' : 'audio', type: 'checkbox' });
  const title = texts.popup[about];
  /** What is answered about a device is kept: WeChat adds it to the settings page. */
  const answer = (word: 'accept' | 'reject'): PopupAnswer => {
    if (about === 'message') return { word, always: option.checked };
    return { word: word === 'accept' && option.checked ? 'acceptWithAudio' : word, always: true };
  };
  const button = (id: string, look: string, label: string, word: 'accept' | 'reject') =>
    h('button', { id, class: look, onclick: () => deeds.answer(answer(word)) }, label);
  return dialog(
    'popup',
    `${texts.shop(state.app)} ${texts.popup.asks} ${title}`,
    () => deeds.answer({ word: 'reject', always: false }),
    shopLine(state.app, texts, texts.popup.asks),
    h('h2', {}, title),
    h('div', { class: 'asked' }, ...asked.map((template) => askedView(template, state, texts))),
    h('label', { class: 'option' }, option, about === 'message' ? texts.popup.always : texts.popup.audio),
    h(
      'div',
      { class: 'buttons' },
      button('reject', 'plain', texts.popup.reject, 'reject'),
      button('allow', 'main', texts.popup.allow, 'accept'),
    ),
  );
}

/** One template, with an example of its messages behind a button. */
function askedView(template: Template, { language }: State, texts: Texts): HTMLElement {
  const { word } = SAMPLES[language];
  const examples = Object.fromEntries(template.keywords.map(({ key, example }) => [key, example]));
  const preview = h(
    'div',
    { class: 'preview', id: 'preview', hidden: true },
    fieldsOf(template, examples, language),
  );
  const toggle = h(
    'button',
    {
      id: 'preview-button',
      class: 'bare',
      'aria-expanded': 'false',
      'aria-controls': 'preview',
      onclick: () => {
        preview.hidden = !preview.hidden;
        toggle.setAttribute('aria-expanded', String(!preview.hidden));
      },
    },
    texts.popup.preview,
    icon('info'),
  );
  return h(
    'div',
    {},
    h('div', { class: 'row' }, h('span', { class: 'ticked' }, icon('tick'), word(template.title)), toggle),
    preview,
  );
}
