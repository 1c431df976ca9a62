import type { Deeds } from '../deeds/deeds.ts';
import { type Child, h } from '../dom.ts';
import { icon } from '../icons.ts';
import type { State } from '../state.ts';
import { SAMPLES } from '../texts/samples.ts';
import { textsIn } from '../texts/texts.ts';

/** The settings of the mini program: one row for each thing that it may do. */
export function settingsView({ settings, language }: State, deeds: Deeds): Child[] {
  const texts = textsIn(language);
  return [
    rows(
      row('notices', texts.notifications, settings.mainSwitch ? texts.on : texts.off, () =>
        deeds.show('notices'),
      ),
    ),
  ];
}

/** The main switch, and the templates whose choice is kept: WeChat lists no others (WeChat contract §7.2). */
export function noticesView({ settings, templates, language }: State, deeds: Deeds): Child[] {
  const texts = textsIn(language);
  const { mainSwitch, itemSettings } = settings;
  const kept = templates.filter(({ templateId }) => itemSettings[templateId]);
  return [
    rows(
      h(
        'label',
        { class: 'row' },
        texts.mainSwitch,
        h('input', {
          id: 'main-switch',
          type: 'checkbox',
          role: 'switch',
          class: 'switch',
          checked: mainSwitch,
          onchange: () => deeds.change({ mainSwitch: !mainSwitch }),
        }),
      ),
    ),
    h('p', { class: 'hint' }, texts.mainHint),
    mainSwitch && h('p', { class: 'hint', id: 'kept' }, kept.length > 0 ? texts.kept : texts.noneKept),
    mainSwitch &&
      kept.length > 0 &&
      rows(
        ...kept.map(({ templateId, title }, index) =>
          row(
            `kept-${index}`,
            SAMPLES[language].word(title),
            itemSettings[templateId] === 'reject' ? texts.refuse : texts.receive,
            () => deeds.showNotice(templateId),
          ),
        ),
      ),
  ];
}

/** One template: receive its messages, or do not. */
export function noticeView({ settings, noticeOf = '', language }: State, deeds: Deeds): Child[] {
  const texts = textsIn(language);
  const isOff = settings.itemSettings[noticeOf] === 'reject';
  const choice = (id: string, label: string, isChosen: boolean, change: 'templateOn' | 'templateOff') =>
    h(
      'button',
      {
        id,
        class: 'row',
        role: 'radio',
        'aria-checked': String(isChosen),
        onclick: () => deeds.change({ [change]: [noticeOf] }),
      },
      label,
      isChosen && icon('tick'),
    );
  return [
    h(
      'div',
      { class: 'group', role: 'radiogroup', 'aria-label': texts.notifications },
      choice('keep-accept', texts.receive, !isOff, 'templateOn'),
      choice('keep-reject', texts.refuse, isOff, 'templateOff'),
    ),
  ];
}

function rows(...children: readonly Child[]): HTMLElement {
  return h('div', { class: 'group' }, ...children);
}

function row(id: string, label: string, value: string, open: () => void): HTMLElement {
  return h(
    'button',
    { id, class: 'row', onclick: open },
    label,
    h('span', { class: 'value' }, value, icon('forward')),
  );
}
