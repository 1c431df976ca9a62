import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { FileError } from './command-line.ts';
import { say } from './language.ts';

/**
 * The text of a file, or of standard input for `-`, without a byte order mark.
 *
 * @throws FileError when it cannot be read or is not UTF-8, such as a CSV that a Chinese Excel saved in GBK
 */
export async function readText(file: string): Promise<string> {
  const bytes = file === '-' ? await buffer(process.stdin) : await bytesOf(file);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new FileError(
      say(
        `${file} is not UTF-8. In Excel, save it as "CSV UTF-8"; in an editor, save it as UTF-8.`,
        `${file} 不是 UTF-8 编码：Excel 请另存为“CSV UTF-8”，编辑器请以 UTF-8 保存。`,
      ),
    );
  }
}

async function bytesOf(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new FileError(say(`${file} cannot be read: ${reason}.`, `${file} 无法读取：${reason}。`));
  }
}
