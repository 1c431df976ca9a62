import type { AccountTemplate } from './account-templates.ts';
import type { Library } from './library.ts';
import { isChange, type Plan, type PlannedTemplate } from './plan-templates.ts';

/** What a wish came to. */
export interface Applied {
  readonly alias?: string;
  readonly templateId: string;
  readonly title: string;
  readonly changed: boolean;
}

/**
 * Does what a plan says, wish by wish. Each step may be repeated: after a failure the same file goes on where this
 * one stopped.
 *
 * @throws CommandError
 */
export async function* applyPlan({ templates }: Plan, library: Library): AsyncGenerator<Applied> {
  for (const planned of templates) {
    const { wish, title, templateId = '' } = planned;
    const done = await applyOne(planned, library);
    const alias = wish.alias ?? done?.alias;
    yield {
      ...(alias !== undefined && { alias }),
      templateId: done?.templateId ?? templateId,
      title,
      changed: isChange(planned),
    };
  }
}

async function applyOne(
  { wish, order, templateId: known, alias, kind }: PlannedTemplate,
  library: Library,
): Promise<AccountTemplate | undefined> {
  let done = order && (await library.add(order));
  const templateId = done?.templateId ?? known;
  if (templateId === undefined) return done;
  if (kind && wish.kind !== undefined && done?.kind !== wish.kind) {
    done = await library.declareKind(templateId, wish.kind);
  }
  if (alias && wish.alias !== undefined && done?.alias !== wish.alias) {
    done = await library.nameIt(templateId, wish.alias);
  }
  return done;
}
