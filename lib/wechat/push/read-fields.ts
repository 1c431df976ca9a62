import { XMLParser } from 'fast-xml-parser';
import * as v from 'valibot';
import { keepLongInteger } from '../read-answer.ts';

/** The fields of a pushed message, as WeChat names them. Long integers are text; in XML every value is. */
export type Fields = Readonly<Record<string, unknown>>;

/** Any number may come as text and any text as a number (WeChat contract §6.4). */
export const text = v.pipe(v.union([v.string(), v.pipe(v.number(), v.transform(String))]), v.trim());
/** A whole number. */
export const whole = v.pipe(text, v.regex(/^-?\d{1,15}$/), v.transform(Number));
/** A user's, a template's. */
export const id = v.pipe(text, v.regex(/^[\w-]{1,128}$/));

/** What is of no use may be missing, null, empty or odd: its item is taken without it (WeChat contract §6.2b). */
export function ifReadable<T>(schema: v.GenericSchema<unknown, T>) {
  return v.fallback(v.optional(schema), undefined);
}

/** WeChat nests four deep. */
const DEEPEST = 16;

/** What WeChat writes is elements and CDATA: no attribute, entity or declaration of it means anything. */
const xmlParser = new XMLParser({
  ignoreAttributes: true,
  ignoreDeclaration: true,
  ignorePiTags: true,
  parseTagValue: false,
  processEntities: false,
  htmlEntities: false,
  maxNestedTags: DEEPEST,
});

/** WeChat's message in JSON, sealed (`Encrypt`) or not. */
export const jsonMessage = v.record(v.string(), v.unknown());

const xmlDocument = v.object({ xml: jsonMessage });

/** Reads a message in either format; undefined for what is neither (WeChat contract §6.4). */
export function readFields(text: string): Fields | undefined {
  try {
    const fields = text.trimStart().startsWith('<') ? readXml(text) : readJson(text);
    return fields && isAtMost(DEEPEST, fields) ? fields : undefined;
  } catch {
    return undefined;
  }
}

function readXml(text: string): Fields | undefined {
  if (hasDeclaration(text)) return undefined;
  const document: unknown = xmlParser.parse(text, true);
  return v.is(xmlDocument, document) ? document.xml : undefined;
}

/**
 * A document type, an entity or a comment: none of them is WeChat's, so nothing of the kind is let near the
 * parser.
 */
function hasDeclaration(text: string): boolean {
  for (let at = text.indexOf('<!'); at !== -1; at = text.indexOf('<!', at)) {
    if (!text.startsWith('<![CDATA[', at)) return true;
    const end = text.indexOf(']]>', at);
    if (end === -1) return true;
    at = end + ']]>'.length;
  }
  return false;
}

/** Members of these names could reach into prototypes, and nothing of WeChat's has them. */
const PROTOTYPE_NAMES: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

function readJson(text: string): Fields | undefined {
  const document: unknown = JSON.parse(text, (key, value: unknown, context?: { source?: string }) =>
    PROTOTYPE_NAMES.has(key) ? undefined : keepLongInteger(key, value, context),
  );
  return v.is(jsonMessage, document) ? document : undefined;
}

function isAtMost(levels: number, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return levels > 0 && Object.values(value).every((inner) => isAtMost(levels - 1, inner));
}
