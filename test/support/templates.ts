import { parseTemplate, type TemplateSource } from '../../lib/templates/parse-template.ts';
import type { FieldKind, Template } from '../../lib/templates/template.ts';

/** A template as WeChat lists it, with only what matters to the test. */
export function templateSource(given: Partial<TemplateSource> = {}): TemplateSource {
  return {
    templateId: 'order-paid-template',
    title: '订单支付成功通知',
    content: '商品名称:{{thing1.DATA}}\n下单时间:{{date2.DATA}}\n金额:{{amount3.DATA}}\n',
    example: '商品名称:红富士苹果\n下单时间:2026年1月31日 15:01\n金额:￥100\n',
    type: 2,
    ...given,
  };
}

/** The same, read. */
export function template(given: Partial<TemplateSource> = {}, syncedAtMs = 0): Template {
  return parseTemplate(templateSource(given), syncedAtMs);
}

/** A template of one field of the given kind, and the key of that field. */
export function templateOfKind(
  kind: FieldKind,
  values?: readonly string[],
): { template: Template; key: string } {
  const key = kind === 'unknown' ? 'novelty1' : `${kind}1`;
  return {
    key,
    template: template({
      content: `标签:{{${key}.DATA}}\n`,
      example: '标签:示例\n',
      enumValues: values && { [`${key}.DATA`]: values },
    }),
  };
}
