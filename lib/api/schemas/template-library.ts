import * as v from 'valibot';
import { bilingualText } from '../../bilingual-text.ts';
import { FIELD_KINDS } from '../../templates/template.ts';
import { pageOf } from '../paging.ts';
import { count, named, templateId } from './common.ts';
import { ERROR_MESSAGES } from './error-messages.ts';
import { templateKind } from './grants.ts';

const categoryId = v.pipe(v.string(), v.description('A category of the account.'));

/** A title of the library, as WeChat numbers it. */
export const tid = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z0-9_-]{1,64}$/, ERROR_MESSAGES.tid),
  v.description('A title of the template library.'),
);

/** A category of the account. */
export const libraryCategory = v.object({ categoryId, name: v.string() });

/** A title of the library. */
export const libraryTitle = v.object({ tid, title: v.string(), kind: templateKind, categoryId });

/** A keyword of a title. */
export const libraryKeyword = v.object({
  keywordId: v.pipe(count, v.description('What POST /v1/templates takes.')),
  name: v.pipe(v.string(), v.description('What the user sees before the value.')),
  kind: v.pipe(v.picklist(FIELD_KINDS), v.description('The kind of field that it becomes.')),
  example: v.string(),
  rule: v.pipe(named(bilingualText), v.description('What WeChat takes there.')),
});

/** Pages of the library. */
export const categoryPage = pageOf(libraryCategory);
/** See {@link categoryPage}. */
export const titlePage = pageOf(libraryTitle);
/** See {@link categoryPage}. */
export const keywordPage = pageOf(libraryKeyword);

/** The categories of which titles are asked for. */
export const categoryIds = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z0-9_-]{1,32}(,[A-Za-z0-9_-]{1,32})*$/, ERROR_MESSAGES.categoryIds),
  v.maxLength(1000),
  v.description('Ids of categories, with commas between.'),
  v.transform((text) => text.split(',')),
);

/** An id that WeChat's pages write as a number, and the console shows as text. */
const numeral = v.pipe(v.string(), v.regex(/^\d{1,9}$/, ERROR_MESSAGES.wholeNumber));

/**
 * The body of a request to add a template. How many keywords and how long a text may be, WeChat decides: a
 * rule here could only refuse what it takes.
 */
export const newTemplateBody = v.strictObject({
  tid: v.pipe(
    v.union([tid, v.pipe(v.number(), v.integer(), v.minValue(1), v.transform(String))], ERROR_MESSAGES.tid),
    v.description('The title, from the library or from the console.'),
  ),
  keywordIds: v.pipe(
    v.array(v.union([count, v.pipe(numeral, v.transform(Number))], ERROR_MESSAGES.keywordId)),
    v.maxLength(50, ERROR_MESSAGES.keywordIds),
    v.description(
      'WeChat takes 2 to 5, in the order in which the card shows them; none for a card template.',
    ),
  ),
  sceneDescription: v.exactOptional(
    v.pipe(
      v.string(),
      v.maxLength(100),
      v.description('What the template is for; WeChat takes 15 characters and may insist on them.'),
    ),
  ),
});

const namedCampaign = v.object({ id: v.string(), name: v.string() });

/** The messages that were canceled, and the campaigns that ended, with a template. */
export const deletedTemplate = v.object({
  templateId,
  canceledMessages: v.pipe(
    count,
    v.description('Waiting messages that were canceled; their grants came back.'),
  ),
  endedCampaigns: v.array(namedCampaign),
  nextCursor: v.exactOptional(
    v.pipe(v.string(), v.description('Messages are left: call again with it as `cursor`.')),
  ),
});
