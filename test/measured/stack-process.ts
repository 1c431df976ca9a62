// The local stack in a process of its own, so that what is measured does not share a core with the test.
import { startStack } from '../../local/stack/stack.ts';

const options = JSON.parse(process.argv[2] ?? '{}');
const stack = await startStack({ ...options, logger: { info() {}, warn() {}, error() {} } });
process.stdout.write(`${JSON.stringify({ apiUrl: stack.apiUrl, wechatUrl: stack.wechatUrl })}\n`);
process.once('disconnect', () => stack.close().finally(() => process.exit()));
