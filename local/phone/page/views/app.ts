import type { Deeds } from '../deeds/deeds.ts';
import { DEVICE_SN } from '../deeds/device.ts';
import { OWN_NUMBER, TURNS } from '../deeds/queue.ts';
import { type Child, h } from '../dom.ts';
import { icon } from '../icons.ts';
import { type State, templateOf } from '../state.ts';
import { textsIn } from '../texts/texts.ts';
import type { Texts } from '../texts/zh.ts';
import { tapView } from './tap.ts';

/** The sample mini program, on the page that is seen. */
export function appView(state: State, deeds: Deeds): Child[] {
  const texts = textsIn(state.language);
  const { notice, problem, language } = state;
  const told = problem?.[language] ?? (notice && texts.notices[notice]);
  return [
    ...pageView(state, texts, deeds),
    h('p', { class: 'notice', role: 'status', id: 'notice' }, told ?? ''),
  ];
}

function pageView(state: State, texts: Texts, deeds: Deeds): Child[] {
  switch (state.page) {
    case 'booking':
      return bookingView(state, texts, deeds);
    case 'device':
      return deviceView(state, texts, deeds);
    case 'tap':
      return tapView(state, texts, deeds);
    case 'queue':
      return queueView(state, texts, deeds);
  }
}

function bookingView(state: State, texts: Texts, deeds: Deeds): Child[] {
  const left = grantOf(state)?.available ?? 0;
  return [
    headed('calendar', texts.hello, `${texts.when} · ${texts.place}`),
    h(
      'section',
      { class: 'card' },
      h('div', { class: 'row' }, texts.left, h('b', { id: 'left' }, texts.times(left))),
      h('div', { class: 'small' }, texts.hint),
    ),
    button('soon', 'main', texts.soon, () => deeds.remind('soon')),
    button('now', 'plain', texts.now, () => deeds.remind('now')),
    button('only', 'plain', texts.only, () => deeds.remind('only')),
  ];
}

function deviceView(state: State, texts: Texts, deeds: Deeds): Child[] {
  const isOn = grantOf(state)?.subscribed ?? false;
  return [
    headed('drop', texts.deviceName, texts.devicePlace),
    h(
      'section',
      { class: 'card' },
      h('div', { class: 'row' }, texts.serial, h('span', { class: 'value' }, DEVICE_SN)),
      h('div', { class: 'row', id: 'device-state' }, texts.deviceState(isOn)),
      h('div', { class: 'small' }, texts.deviceHint),
    ),
    button('allow-device', 'main', texts.allowDevice, deeds.allowDevice, !state.deviceReady),
    button('run-dry', 'plain', texts.runDry, deeds.runDry),
  ];
}

function queueView({ queue }: State, texts: Texts, deeds: Deeds): Child[] {
  const last = TURNS.length - 1;
  const current = TURNS[queue?.turn ?? 0]?.current ?? '';
  return [
    headed('ticket', texts.restaurant, texts.place),
    h(
      'section',
      { class: 'card' },
      queue && h('div', { class: 'row' }, texts.ownNumber, h('b', { id: 'own-number' }, OWN_NUMBER)),
      h('div', { class: 'row' }, texts.currentNumber, h('b', { id: 'current-number' }, current)),
      h('div', { class: 'small' }, texts.queueHint),
    ),
    button('take-number', 'main', queue ? texts.takeAnother : texts.takeNumber, deeds.takeNumber),
    queue && button('call-next', 'plain', texts.callNext, deeds.callNext, queue.turn >= last),
  ];
}

function headed(drawing: 'calendar' | 'drop' | 'ticket', title: string, below: string): HTMLElement {
  return h(
    'section',
    { class: 'card headed' },
    h('span', { class: 'avatar' }, icon(drawing)),
    h('div', { class: 'lines' }, h('strong', {}, title), h('span', { class: 'small' }, below)),
  );
}

function button(
  id: string,
  look: 'main' | 'plain',
  label: string,
  press: () => void,
  isOff = false,
): HTMLElement {
  return h('button', { id, class: look, disabled: isOff, onclick: press }, label);
}

function grantOf({ grants, templates, page }: State) {
  const id = templateOf(page, templates)?.templateId;
  return grants.find(({ templateId }) => templateId === id);
}
