import { randomBytes } from 'node:crypto';
import { type Answer, success } from './answers.ts';
import { given, textOf, type WeChatRequest } from './calls.ts';
import { CARD_TEMPLATES } from './card-kinds.ts';
import { type PublicKeyword, type PublicTitle, publicTitle } from './public-library.ts';
import type { Template } from './templates.ts';
import type { World } from './world.ts';

/** The most characters of a scene's description (WeChat contract §5.1). */
const MOST_SCENE_CHARACTERS = 15;

/** `POST /wxaapi/newtmpl/addtemplate`, in JSON or form-encoded (WeChat contract §5.1, §5.3). */
export function addTemplate(world: World, request: WeChatRequest): Answer {
  const body = readBody(world, request);
  if ('errcode' in body) return body;
  const { fields } = body;
  if (world.switches.accountBanned) return world.refuse(200011);
  const tid = String(given(fields, 'tid'));
  const title = publicTitle(tid);
  if (!title && !CARD_TEMPLATES.has(tid)) return world.refuse(200014);
  const kidList = given(fields, 'kidList') ?? [];
  const keywords = title ? keywordsOf(title, kidList) : noKeywords(kidList);
  if (!keywords) return world.refuse(200020);
  const scene = given(fields, 'sceneDesc') ?? '';
  if (typeof scene !== 'string' || scene.length > MOST_SCENE_CHARACTERS) return world.refuse(200021);
  const known = title ? twinOf(world, title, keywords)?.templateId : world.cardTemplates.get(tid);
  if (known !== undefined) return world.refuse(200022, undefined, { priTmplId: known });
  const most = world.switches.privateTemplates;
  if (most !== null && world.templates.size + world.cardTemplates.size >= most) return world.refuse(200012);
  const templateId = createTemplateId();
  if (title) world.templates.set(templateId, privateTemplate(templateId, title, keywords));
  else world.cardTemplates.set(tid, templateId);
  return success({ priTmplId: templateId });
}

/** `POST /wxaapi/newtmpl/deltemplate`, in JSON or form-encoded (WeChat contract §5.1, §5.3). */
export function deleteTemplate(world: World, request: WeChatRequest): Answer {
  const body = readBody(world, request);
  if ('errcode' in body) return body;
  const templateId = textOf(body.fields, 'priTmplId') ?? '';
  const [cardTid] = [...world.cardTemplates].find(([, id]) => id === templateId) ?? [];
  const isDeleted =
    cardTid === undefined ? world.templates.delete(templateId) : world.cardTemplates.delete(cardTid);
  return isDeleted ? success() : world.refuse(20002);
}

function readBody(
  world: World,
  request: WeChatRequest,
): Answer | { fields: Readonly<Record<string, unknown>> } {
  const refused = world.tokens.refusalOf(request.query.get('access_token'));
  if (refused) return world.refuse(refused);
  if (request.method !== 'POST') return world.refuse(40400);
  if (request.json.type === 'empty') return world.refuse(44002);
  return request.fields ? { fields: request.fields } : world.refuse(47001);
}

/** Two to five keywords of the title, each once, in the order asked for. */
function keywordsOf(title: PublicTitle, kidList: unknown): readonly PublicKeyword[] | undefined {
  if (!Array.isArray(kidList) || kidList.length < 2 || kidList.length > 5) return undefined;
  const kids = kidList.map(String);
  const keywords = kids.flatMap((kid) => title.keywords.find((keyword) => String(keyword.kid) === kid) ?? []);
  return keywords.length === kids.length && new Set(kids).size === kids.length ? keywords : undefined;
}

/** The template of a service card takes an empty list (WeChat contract §5.3). */
function noKeywords(kidList: unknown): readonly PublicKeyword[] | undefined {
  return Array.isArray(kidList) && kidList.length === 0 ? [] : undefined;
}

/** A private template of the same title and keywords, whatever their order. */
function twinOf(
  world: World,
  { title }: PublicTitle,
  keywords: readonly PublicKeyword[],
): Template | undefined {
  const asked = labelsOf(keywords.map(({ name }) => name));
  return [...world.templates.values()].find(
    (other) => other.title === title && labelsOf(other.keywords.map(({ label }) => label)) === asked,
  );
}

function labelsOf(labels: readonly string[]): string {
  return JSON.stringify(labels.toSorted());
}

/** 43 characters, as WeChat's have. */
function createTemplateId(): string {
  return randomBytes(32).toString('base64url');
}

function privateTemplate(
  templateId: string,
  { title, type }: PublicTitle,
  keywords: readonly PublicKeyword[],
): Template {
  return {
    templateId,
    title,
    kind: type === 2 ? 'one-time' : 'long-term',
    keywords: keywords.map(({ kid, name, example, rule, values }) => ({
      key: `${rule === 'enum' ? 'enum_string' : rule}${kid}`,
      label: name,
      example,
      ...(values && { values: [...values] }),
    })),
  };
}
