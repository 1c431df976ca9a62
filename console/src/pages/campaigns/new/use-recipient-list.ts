import { useEffect, useRef, useState } from 'react';
import { fillMessage } from '../../../../../lib/campaigns/fill-message.ts';
import { useTemplates } from '../../../parts/templates.ts';
import { type Draft, variablesOf } from './draft.ts';
import { readTable, type Table } from './read-table.ts';
import { type CheckMessage, checkList, type ListColumns } from './recipient-list.ts';

interface Looking {
  /** How many rows were looked at; undefined while the file is read. */
  readonly rows?: number;
}

/** The list of a campaign: read from a file, and looked at anew when its columns or the message change. */
export function useRecipientList(draft: Draft, onChange: (part: Partial<Draft>) => void) {
  const { find } = useTemplates();
  const [looking, setLooking] = useState<Looking>();
  const [isUnreadable, setIsUnreadable] = useState(false);
  /** What was begun last: what was begun before it says nothing any more. */
  const latest = useRef(0);
  const variables = variablesOf(draft);
  const { list } = draft;

  /** Does it as the latest; what it finds counts if nothing was begun since. */
  async function look(read: (isLatest: () => boolean) => Promise<Draft['list']>): Promise<void> {
    latest.current += 1;
    const mine = latest.current;
    setLooking({});
    setIsUnreadable(false);
    try {
      const found = await read(() => latest.current === mine);
      if (latest.current === mine && found) onChange({ list: found });
    } catch {
      if (latest.current === mine) setIsUnreadable(true);
    } finally {
      if (latest.current === mine) setLooking(undefined);
    }
  }

  function check(table: Table, columns: ListColumns, isLatest: () => boolean) {
    return checkList(table, columns, checkOf(draft, find(draft.templateId ?? '')), (rows) => {
      if (isLatest()) setLooking({ rows });
    });
  }

  const choose = (table: Table, columns: ListColumns) =>
    look((isLatest) => check(table, columnsOf(table, variables, columns), isLatest));

  useEffect(() => {
    if (list?.isStale) void choose(list.table, list);
    // What is begun here is not for whoever comes after.
    return () => {
      latest.current += 1;
    };
  }, []);

  return {
    looking,
    isUnreadable,
    choose,
    take: (file: File) =>
      look(async (isLatest) => {
        const table = await readTable(await file.arrayBuffer());
        return isLatest() ? check(table, columnsOf(table, variables), isLatest) : undefined;
      }),
  };
}

/** The columns by their names, as far as they were not chosen already. */
function columnsOf(table: Table, variables: readonly string[], chosen?: ListColumns): ListColumns {
  const named = (name: string) =>
    Math.max(
      0,
      table.columns.findIndex((one) => one.toLowerCase() === name.toLowerCase()),
    );
  return {
    openidColumn: chosen?.openidColumn ?? named('openid'),
    variableColumns: Object.fromEntries(
      variables.map((name) => [name, chosen?.variableColumns[name] ?? named(name)]),
    ),
  };
}

/** Makes each row's message as the service will, by its own rules. */
function checkOf(draft: Draft, template: ReturnType<ReturnType<typeof useTemplates>['find']>): CheckMessage {
  const page = draft.page.trim();
  const parts = { data: draft.data, fit: draft.fit, ...(page !== '' && { page }) };
  return (variables) => {
    const filled = template && fillMessage(parts, template, variables);
    const [problem] = filled?.type === 'bad' ? filled.problems : [];
    if (!problem || problem.code === 'missing-variable') return undefined;
    return {
      en: `${problem.path}: ${problem.message.en}`,
      zh: `${problem.path}：${problem.message.zh}`,
    };
  };
}
