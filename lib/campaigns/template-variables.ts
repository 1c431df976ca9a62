/** What stands for a variable in a text: `{{name}}`, spaces allowed inside the braces. */
const VARIABLE = /\{\{\s*([\p{L}_][\p{L}\p{N}_-]{0,63})\s*\}\}/gu;

/** The form of a variable's name. */
export const VARIABLE_NAME: RegExp = /^[\p{L}_][\p{L}\p{N}_-]{0,63}$/u;

/** The variables that the texts name, each once, in the order in which they first come. */
export function variablesIn(data: Readonly<Record<string, string>>): readonly string[] {
  const names = Object.values(data).flatMap((text) =>
    [...text.matchAll(VARIABLE)].map(([, name = '']) => name),
  );
  return [...new Set(names)];
}

/** The text with every `{{name}}` replaced. What a variable's own text holds is never looked into again. */
export function substitute(text: string, variables: Readonly<Record<string, string>>): string {
  return text.replace(VARIABLE, (whole, name: string) =>
    Object.hasOwn(variables, name) ? (variables[name] ?? whole) : whole,
  );
}
