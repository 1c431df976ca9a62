import type { Deeds, Place } from '../deeds/deeds.ts';
import { type Child, h } from '../dom.ts';
import { icon } from '../icons.ts';
import type { Platform, State } from '../state.ts';
import type { Texts } from '../texts/zh.ts';

const PLATFORMS: readonly Platform[] = ['ios', 'android'];
const PLACES: readonly Place[] = ['tap', 'request', 'promise', 'timer', 'login', 'onShow'];

/** The page on which the popup is asked for in time and too late, by the rules of a phone that is chosen. */
export function tapView({ platform }: State, texts: Texts, deeds: Deeds): Child[] {
  return [
    h(
      'section',
      { class: 'card' },
      h('strong', {}, texts.tap.title),
      h('span', { class: 'small' }, texts.tap.below),
      h(
        'div',
        { class: 'platforms', role: 'group', 'aria-label': texts.tap.platform },
        ...PLATFORMS.map((one) =>
          h(
            'button',
            {
              id: `platform-${one}`,
              'aria-pressed': String(one === platform),
              onclick: () => deeds.choosePlatform(one),
            },
            texts.tap.platforms[one],
          ),
        ),
      ),
    ),
    h(
      'div',
      { class: 'group' },
      ...PLACES.map((place) =>
        h(
          'button',
          { id: `ask-${place}`, class: 'row close', onclick: () => deeds.askFrom(place) },
          texts.tap.places[place],
          h('span', { class: 'value' }, icon('forward')),
        ),
      ),
    ),
  ];
}
