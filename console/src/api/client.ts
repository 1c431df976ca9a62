import { createQingniao, type QingniaoOptions } from '../../../clients/typescript/src/index.ts';
import { storedAppid, storedKey } from '../session/credentials.ts';

export { QingniaoProblem, type Schemas } from '../../../clients/typescript/src/index.ts';

/** The service has the page's origin; every call carries this tab's key, and no cookie. */
const options: QingniaoOptions = {
  baseUrl: location.origin,
  apiKey: storedKey,
  appId: storedAppid,
  fetch: (request) => fetch(request, { credentials: 'omit' }),
};

/** The service as a page asks it: what fails is shown at once, and the person, or the query, asks again. */
export const api = createQingniao({ ...options, retryForMs: 0 });

/** The same for the parts of a long job, which are asked for again for half a minute. */
export const patientApi = createQingniao(options);

/** The body of an answer. @throws QingniaoProblem */
export async function answered<T>(call: Promise<{ readonly data: T }>): Promise<T> {
  return (await call).data;
}
