import type { Finding } from './finding.ts';

/** What a probe finds, or a finding that says why AWS answered nothing. */
export async function orFinding(
  check: string,
  probe: () => Promise<readonly Finding[]>,
): Promise<readonly Finding[]> {
  try {
    return (await probe()).map((finding) => ({ ...finding, isAside: true }));
  } catch (error) {
    const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return [
      {
        check,
        level: 'skip',
        says: { en: reason, zh: '' },
        advice: { en: 'The AWS credentials may lack the right to ask.', zh: 'AWS 凭证可能没有查询权限。' },
      },
    ];
  }
}
