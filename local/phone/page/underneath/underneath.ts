import { createList, createRegion, h } from '../dom.ts';
import type { State } from '../state.ts';
import { textsIn } from '../texts/texts.ts';
import { ledgerView } from './ledger.ts';
import { messageView, ourCardView, rowView, type Shown } from './lists.ts';

const MESSAGES_SHOWN = 6;

/** The panel beside the phone: ledgers, messages, requests. What it gives shows a state in it. */
export function createUnderneath(place: HTMLElement): (state: State) => void {
  const [ledger, messages, cards, rows] = [
    h('div'),
    h('ul', { id: 'messages' }),
    h('ul', { id: 'our-cards' }),
    h('ol', { id: 'requests' }),
  ];
  const [title, ledgerTitle, messagesTitle, cardsTitle, rowsTitle] = [
    h('h2'),
    h('h3'),
    h('h3'),
    h('h3'),
    h('h3'),
  ];
  const [noMessages, noRows] = [h('p', { class: 'small' }), h('p', { class: 'small' })];
  place.append(
    title,
    ledgerTitle,
    ledger,
    messagesTitle,
    noMessages,
    messages,
    cardsTitle,
    cards,
    rowsTitle,
    noRows,
    rows,
  );
  const show = {
    ledger: createRegion(ledger, ledgerView),
    messages: createList(messages, messageView),
    cards: createList(cards, ourCardView),
    rows: createList(rows, rowView),
  };
  return (state) => {
    const { language, grants, wechatGrants, templates, page, ourCards } = state;
    const texts = textsIn(language);
    const shown = <T>(key: string, of: T): Shown<T> => ({ key, language, of });
    title.textContent = texts.underneath;
    ledgerTitle.textContent = texts.ledger;
    messagesTitle.textContent = texts.messages;
    cardsTitle.textContent = texts.cards;
    rowsTitle.textContent = texts.requests;
    noMessages.textContent = texts.noMessages;
    noRows.textContent = texts.noRequests;
    noMessages.hidden = state.messages.length > 0;
    messages.hidden = state.messages.length === 0;
    cardsTitle.hidden = cards.hidden = ourCards.length === 0;
    noRows.hidden = state.rows.length > 0;
    show.ledger({ language, grants, wechatGrants, templates, page });
    show.messages(
      state.messages.slice(0, MESSAGES_SHOWN).map((message) => {
        const template = templates.find(({ templateId }) => templateId === message.templateId);
        return shown(message.id, { message, template });
      }),
    );
    show.cards(ourCards.map((card) => shown(card.id, card)));
    show.rows(state.rows.map((row) => shown(row.id, row)));
  };
}
