import { SAMPLE_TEMPLATES } from '../../local/wechat-simulator/index.ts';
import { startService } from '../contract/running-service.ts';

/** The service as the recipes call it: its template for orders goes by the alias that they use. */
export async function useShop() {
  const service = await startService();
  const template = SAMPLE_TEMPLATES.find(({ templateId }) => templateId.startsWith('order-shipped'));
  const templateId = template?.templateId ?? '';
  await service.operator('PUT', `/v1/templates/${templateId}/alias`, { alias: 'order-shipped' });
  return { ...service, templateId };
}
