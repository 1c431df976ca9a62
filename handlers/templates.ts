import { createHttpHandler } from '../lib/api/http-handler.ts';
import { templateRoutes } from '../lib/api/routes/templates.ts';
import type { TemplateApi } from '../lib/api/template-api.ts';
import { onColdStart } from '../lib/wiring/cold-start.ts';
import { wireTemplateApi as wire } from '../lib/wiring/template-api.ts';

/** What this function needs. */
export interface TemplateServices extends HttpServices {
  readonly templates: TemplateApi;
}

type HttpServices = Parameters<typeof createHttpHandler>[1];

/** Shows the account's templates, reads them again, tries data against them and names them. */
export function createHandler(services: TemplateServices) {
  return createHttpHandler(templateRoutes(services.templates), services);
}

export { wire };

/** The deployed function. */
export const handler = onColdStart(wire, createHandler);
