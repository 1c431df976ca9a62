import colors from 'picocolors';

/** Does one step of a longer story, and says that it begins, how long it took, and whether it failed. */
export async function step<T>(name: string, work: () => Promise<T>): Promise<T> {
  const startedAt = performance.now();
  const seconds = () => colors.dim(`${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
  if (process.stdout.isTTY) process.stdout.write(`  … ${name}`);
  const line = (mark: string) => {
    process.stdout.write(`${process.stdout.isTTY ? '\r\x1b[K' : ''}  ${mark} ${name} ${seconds()}\n`);
  };
  try {
    const result = await work();
    line(colors.green('✔'));
    return result;
  } catch (error) {
    line(colors.red('✘'));
    throw error;
  }
}

/** Asks again until `answer` is there. @throws Error that says what was waited for, and what was there instead */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T>,
  isThere: (answer: T) => boolean,
  withinMs = 30_000,
): Promise<T> {
  const untilMs = performance.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (isThere(answer)) return answer;
    if (performance.now() > untilMs) {
      throw new Error(
        `${what}: not within ${withinMs / 1000} s. The last answer was ${JSON.stringify(answer)}`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}
