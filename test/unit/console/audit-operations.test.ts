import { expect, test } from 'vitest';
import { operationNames } from '../../../console/src/pages/audit/operations.ts';
import { isKept } from '../../../lib/api/audit-change.ts';
import { routeSpecs } from '../../../lib/api/routes/index.ts';

test.each(['en', 'zh'] as const)(
  'every change that the audit trail keeps has a name in %s, and no other',
  (language) => {
    const kept = routeSpecs.filter(isKept).map(({ operationId }) => operationId);
    expect(Object.keys(operationNames[language]).toSorted()).toEqual(kept.toSorted());
  },
);
