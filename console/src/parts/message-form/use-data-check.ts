import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { answered, api, type Schemas } from '../../api/client.ts';

/** What the service says of data that nobody has sent, and the data that it says it of. */
export type DataCheck = Schemas['DataCheckResult'] & { readonly checked: CheckedInput['data'] };

/** Data and what goes with it, as far as a check looks at it. */
export interface CheckedInput {
  readonly data: Readonly<Record<string, string>>;
  readonly page?: string;
  readonly fit: boolean;
}

/** A pause in typing of this length is taken for the end of a thought. */
const PAUSE_MS = 350;

/** Checks data against a template while it is typed: what would be sent, or everything that is wrong with it. */
export function useDataCheck(templateId: string | undefined, input: CheckedInput) {
  // One object for the same input: a caller makes a new one whenever it is drawn.
  const written = JSON.stringify(input);
  const same = useMemo(() => input, [written]);
  const [settled] = useDebouncedValue(same, PAUSE_MS);
  const query = useQuery({
    queryKey: ['check', templateId, settled],
    enabled: templateId !== undefined,
    placeholderData: keepPreviousData,
    queryFn: async (): Promise<DataCheck> => ({
      checked: settled.data,
      ...(await answered(
        api.POST('/v1/templates/{id}/check', {
          params: { path: { id: templateId ?? '' } },
          body: {
            data: { ...settled.data },
            fit: settled.fit,
            ...(settled.page !== undefined && settled.page !== '' && { page: settled.page }),
          },
        }),
      )),
    }),
  });
  return { check: query.data, error: query.error, isCurrent: settled === same && !query.isPlaceholderData };
}
