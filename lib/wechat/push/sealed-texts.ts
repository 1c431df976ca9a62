/** `<Encrypt><![CDATA[…` and `"Encrypt":"…`, as WeChat writes them. Each reads on from where it began, once. */
const IN_XML = /<Encrypt>(?:<!\[CDATA\[)?([A-Za-z0-9+/=]+)/g;
const IN_JSON = /"Encrypt"\s*:\s*"([^"]+)"/g;

/**
 * Every text in a body that may be its `Encrypt` (WeChat contract §6.2). Found without parsing the body, which nobody has
 * vouched for; in compatible mode a user's own words may look like one. `msg_signature` tells which is real.
 */
export function sealedTexts(body: string): string[] {
  const inXml = [...body.matchAll(IN_XML)].map(([, text = '']) => text);
  const inJson = [...body.matchAll(IN_JSON)].map(([, text = '']) => unescaped(text));
  return [...inXml, ...inJson];
}

/** Some writers of JSON escape `/` and `+`. */
function unescaped(text: string): string {
  return text
    .replaceAll('\\/', '/')
    .replaceAll(/\\u([0-9a-f]{4})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
