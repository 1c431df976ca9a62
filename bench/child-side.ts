import * as v from 'valibot';

const asked = v.object({ request: v.unknown() });

/** Says that this process is ready, and from then on answers what its parent asks. It ends with its parent. */
export function serveParent(ready: unknown, answer: (request: unknown) => Promise<unknown>): void {
  process.on('message', (message) => {
    const { request } = v.parse(asked, message);
    answer(request).then(
      (result) => process.send?.(result),
      (error: unknown) =>
        process.send?.({ failed: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
    );
  });
  process.once('disconnect', () => process.exit(0));
  process.once('SIGTERM', () => process.exit(0));
  process.send?.(ready);
}
