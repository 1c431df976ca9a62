import type { BilingualText } from '../bilingual-text.ts';
import { type Template, templateKindOf } from './template.ts';

/** Something about a template that its owner should know before sending. */
interface TemplateWarning extends BilingualText {
  readonly code:
    | 'same-title'
    | 'unknown-field-kind'
    | 'unknown-kind'
    | 'no-fields'
    | 'values-not-listed'
    | 'removed'
    | 'fields-changed';
}

/** A template with what is to be said about it, as lists show it. */
export interface ListedTemplate {
  readonly template: Template;
  readonly warnings: readonly TemplateWarning[];
}

/** Joins each template with its warnings, some of which depend on the others. */
export function withWarnings(templates: readonly Template[]): ListedTemplate[] {
  return templates.map((template) => ({ template, warnings: warningsOf(template, templates) }));
}

function warningsOf(template: Template, all: readonly Template[]): TemplateWarning[] {
  return [
    removed(template),
    fieldsChanged(template),
    sameTitle(template, all),
    unknownKind(template),
    noFields(template),
    unknownFieldKinds(template),
    valuesNotListed(template),
  ].filter((warning) => warning !== undefined);
}

function removed({ removedAtMs, usedBy }: Template): TemplateWarning | undefined {
  if (removedAtMs === undefined) return undefined;
  const used = usedText(usedBy);
  return {
    code: 'removed',
    en: `WeChat no longer lists this template; it was deleted there, and sends with it are refused.${used.en}`,
    zh: `微信已不再列出此模板：它已在微信侧删除，使用它发送会被拒绝。${used.zh}`,
  };
}

/** What was booked before the change has the old keys and is refused with 47003 (WeChat contract §3.5). */
function fieldsChanged({ changed, removedAtMs, fields, usedBy }: Template): TemplateWarning | undefined {
  if (!changed || removedAtMs !== undefined) return undefined;
  const [before, now] = [changed.before.join(', '), fields.map(({ key }) => key).join(', ')];
  const on = new Date(changed.atMs).toISOString().slice(0, 10);
  const used = usedText(usedBy);
  return {
    code: 'fields-changed',
    en: `Its fields were found changed on ${on}: ${before} before, ${now} now. Adapt what fills them.${used.en}`,
    zh: `${on} 发现此模板的字段有变化：之前为 ${before}，现在为 ${now}。请相应修改填写内容的代码。${used.zh}`,
  };
}

function usedText(usedBy: Template['usedBy']): BilingualText {
  const parts: BilingualText[] = [];
  if (usedBy && usedBy.messages > 0) {
    parts.push({
      en: ` ${usedBy.messages} booked messages will be refused by WeChat: cancel them and book them anew.`,
      zh: `${usedBy.messages} 条已预约的消息会被微信拒绝，请取消后重新预约。`,
    });
  }
  if (usedBy && usedBy.campaigns.length > 0) {
    const names = usedBy.campaigns.map(({ name, id }) => `${name} (${id})`).join(', ');
    parts.push({ en: ` Paused campaigns: ${names}.`, zh: `已暂停的群发活动：${names}。` });
  }
  return { en: parts.map(({ en }) => en).join(''), zh: parts.map(({ zh }) => zh).join('') };
}

/** Of two equal titles in one popup WeChat drops one (WeChat contract §5.2, §7.1). */
function sameTitle(template: Template, all: readonly Template[]): TemplateWarning | undefined {
  const twins = all.filter(
    (other) =>
      other.templateId !== template.templateId &&
      other.title === template.title &&
      other.removedAtMs === undefined,
  );
  if (twins.length === 0 || template.removedAtMs !== undefined) return undefined;
  const ids = twins.map(({ templateId }) => templateId).join(', ');
  return {
    code: 'same-title',
    en: `Another template has the same title (${ids}). Do not ask for both in one popup: WeChat drops one of them (filter).`,
    zh: `另有同名模板（${ids}）。请不要在一次弹窗中同时请求，否则微信会过滤掉其中一个（filter）。`,
  };
}

function unknownKind(template: Template): TemplateWarning | undefined {
  if (templateKindOf(template) !== 'unknown') return undefined;
  return {
    code: 'unknown-kind',
    en: 'WeChat gave this template a type that is neither one-time nor long-term; its grants are counted as one-time. If you know its kind, declare it: npm run template -- kind.',
    zh: '微信给出的模板类型既不是一次性也不是长期；其授权按一次性计数。如果知道它的类型，可用 npm run template -- kind 声明。',
  };
}

function noFields({ fields }: Template): TemplateWarning | undefined {
  if (fields.length > 0) return undefined;
  return {
    code: 'no-fields',
    en: 'No field could be read from the content of this template, so that no message can be composed for it.',
    zh: '无法从模板内容中读出任何字段，因此不能用它组成消息。',
  };
}

function unknownFieldKinds({ fields }: Template): TemplateWarning | undefined {
  const keys = fields.filter(({ kind }) => kind === 'unknown').map(({ key }) => key);
  if (keys.length === 0) return undefined;
  return {
    code: 'unknown-field-kind',
    en: `The rule for ${keys.join(', ')} is not known here; only empty values and control characters are refused, and WeChat may refuse more.`,
    zh: `尚不认识 ${keys.join('、')} 的规则，这里只检查是否为空及控制字符，微信可能另有限制。`,
  };
}

function valuesNotListed({ fields }: Template): TemplateWarning | undefined {
  const keys = fields
    .filter(({ kind, values }) => (kind === 'enum' || kind === 'enum_string') && values === undefined)
    .map(({ key }) => key);
  if (keys.length === 0) return undefined;
  return {
    code: 'values-not-listed',
    en: `WeChat did not list the values of ${keys.join(', ')}, so that they cannot be checked before sending.`,
    zh: `微信没有列出 ${keys.join('、')} 的取值，发送前无法检查。`,
  };
}
