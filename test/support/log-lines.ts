import type { Logger } from '../../lib/logger.ts';
import { createConsoleLogger } from '../../lib/runtime/console-logger.ts';

/** The real logger, with its lines kept instead of printed. */
export function keptLogs(): { logger: Logger; lines: string[]; text: () => string } {
  const lines: string[] = [];
  const logger = createConsoleLogger({ clock: () => 0, write: (line) => lines.push(line) });
  return { logger, lines, text: () => lines.join('') };
}
