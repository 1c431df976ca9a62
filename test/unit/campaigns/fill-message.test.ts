import { describe, expect, it } from 'vitest';
import { checkGrantees, checkTexts } from '../../../lib/campaigns/campaign-input.ts';
import { fillMessage } from '../../../lib/campaigns/fill-message.ts';
import { checkRecipients } from '../../../lib/campaigns/recipients/check-recipients.ts';
import { variablesIn } from '../../../lib/campaigns/variables.ts';
import { template } from '../../support/templates.ts';

const paid = template();
const texts = { thing1: '{{ name }}，你好', date2: '{{日期}}', amount3: '￥1.00' };
const campaign = { data: texts, fit: false };
const ming = { name: '小明', 日期: '2026年12月1日' };

describe('the message of one recipient', () => {
  it('has every variable replaced', () => {
    expect(fillMessage(campaign, paid, ming)).toEqual({
      type: 'filled',
      data: { thing1: '小明，你好', date2: '2026年12月1日', amount3: '￥1.00' },
      fitted: [],
    });
  });

  it('names each variable that the recipient lacks', () => {
    expect(fillMessage(campaign, paid, {})).toEqual({
      type: 'bad',
      problems: [
        { code: 'missing-variable', variable: 'name' },
        { code: 'missing-variable', variable: '日期' },
      ],
    });
  });

  it('is checked against the template', () => {
    const result = fillMessage(campaign, paid, { ...ming, 日期: 'tomorrow' });
    expect(result).toMatchObject({ type: 'bad', problems: [{ path: 'data.date2', code: 'wrong-form' }] });
  });

  it('is fitted where the campaign asks for it', () => {
    const long = { ...ming, name: '一二三四五六七八九十一二三四五六七八九十' };
    expect(fillMessage(campaign, paid, long)).toMatchObject({ type: 'bad' });
    expect(fillMessage({ ...campaign, fit: true }, paid, long)).toMatchObject({
      type: 'filled',
      fitted: [{ key: 'thing1' }],
    });
  });

  it('does not look into what a variable says', () => {
    const result = fillMessage(campaign, paid, { ...ming, name: '{{日期}}' });
    expect(result).toMatchObject({ type: 'filled', data: { thing1: '{{日期}}，你好' } });
  });

  it.each(['constructor', '__proto__', 'toString'])('takes no variable %s from nowhere', (name) => {
    const result = fillMessage({ ...campaign, data: { ...texts, thing1: `{{${name}}}` } }, paid, ming);
    expect(result).toMatchObject({ type: 'bad', problems: [{ code: 'missing-variable', variable: name }] });
  });
});

describe('the page of one recipient', () => {
  const paged = { ...campaign, page: 'pages/{{kind}}?name={{name}}' };

  it('has every variable replaced, percent-encoded', () => {
    expect(fillMessage(paged, paid, { ...ming, kind: 'order' })).toMatchObject({
      type: 'filled',
      page: 'pages/order?name=%E5%B0%8F%E6%98%8E',
    });
  });

  it('names each variable that the recipient lacks, once', () => {
    expect(fillMessage(paged, paid, { 日期: '2026年12月1日' })).toEqual({
      type: 'bad',
      problems: [
        { code: 'missing-variable', variable: 'name' },
        { code: 'missing-variable', variable: 'kind' },
      ],
    });
  });

  it('is refused beside bad texts where it is too long', () => {
    const result = fillMessage(paged, paid, { ...ming, kind: '类'.repeat(120), 日期: 'tomorrow' });
    expect(result).toMatchObject({
      type: 'bad',
      problems: [{ path: 'data.date2' }, { path: 'page', code: 'bad-page' }],
    });
  });
});

describe('the texts of a campaign', () => {
  it('are taken with variables whatever the form of their field', () => {
    expect(checkTexts(paid, texts, false)).toEqual({ type: 'texts', data: texts });
  });

  it('are checked where they hold none', () => {
    expect(checkTexts(paid, { ...texts, amount3: 'a lot' }, false)).toMatchObject({
      type: 'invalid-data',
      problems: [{ path: 'data.amount3' }],
    });
  });

  it('must be those of the template', () => {
    const { date2: _, ...rest } = texts;
    expect(checkTexts(paid, { ...rest, thing9: '{{name}}' }, false)).toMatchObject({
      type: 'invalid-data',
      problems: [
        { path: 'data.date2', code: 'missing' },
        { path: 'data.thing9', code: 'unexpected-key' },
      ],
    });
  });

  it('can hold no variable for grantees, who have none', () => {
    expect(checkGrantees({ data: texts })).toMatchObject({
      type: 'invalid-variables',
      errors: [
        {
          path: 'data.thing1',
          message: { en: expect.stringContaining('{{name}}'), zh: expect.stringContaining('{{name}}') },
        },
        {
          path: 'data.date2',
          message: { en: expect.stringContaining('{{日期}}'), zh: expect.stringContaining('{{日期}}') },
        },
      ],
    });
    expect(checkGrantees({ data: { thing1: 'plain {{' } })).toBeUndefined();
  });

  it('name each variable once', () => {
    expect(variablesIn({ a: '{{x}} {{ y }} {{x}}', b: '{{y}}{{z-1}} {{}} {{1}} {x}' })).toEqual([
      'x',
      'y',
      'z-1',
    ]);
  });
});

describe('recipients who are named with a campaign', () => {
  it('are each made their message, and errors name them by their path', () => {
    const recipients = [
      { openid: 'o1', variables: ming },
      { openid: 'o2', variables: { name: '小红' } },
      { openid: 'o3', variables: { ...ming, 日期: 'tomorrow' } },
    ];
    const { errors: faults } = checkRecipients(campaign, paid, recipients, (index) => `line ${index + 2}`);
    expect(faults).toEqual([
      { path: 'line 3.variables.日期', message: { en: 'Required', zh: '必填' } },
      {
        path: 'line 4.variables',
        message: { en: expect.stringContaining('data.date2'), zh: expect.stringContaining('data.date2') },
      },
    ]);
  });
});
