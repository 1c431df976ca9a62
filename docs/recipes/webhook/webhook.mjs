// Takes the events of Qingniao: WEBHOOK_SECRET=… PORT=8080 node webhook.mjs
// 接收青鸟的事件，无需安装依赖。
import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';

const { PORT = '8080', WEBHOOK_SECRET } = process.env;
if (!WEBHOOK_SECRET) throw new Error('Set WEBHOOK_SECRET. 请设置 WEBHOOK_SECRET。');

const digest = (value) => createHash('sha256').update(value).digest();
const isSecret = (given = '') => timingSafeEqual(digest(given), digest(WEBHOOK_SECRET));

/** Your work goes here, within five seconds: hand what takes longer to a queue. 业务代码写在这里，五秒内返回。 */
async function handle({ type, time, detail }) {
  console.log(`${time} ${type} ${detail.appid} ${detail.eventId}`);
}

// An event may come twice, and twice at once. With a database: a unique column of eventId, written in the transaction of the work.
// 同一事件可能到达多次：请在数据库中为 eventId 建唯一索引，并与业务写入放在同一事务中。
const handled = new Map();
function once(event) {
  const { eventId } = event.detail;
  const forget = (error) => handled.delete(eventId) && Promise.reject(error);
  if (!handled.has(eventId)) handled.set(eventId, handle(event).catch(forget));
  return handled.get(eventId);
}

const server = createServer(async (request, response) => {
  if (!isSecret(request.headers['x-qingniao-secret'])) return response.writeHead(401).end();
  try {
    await once(JSON.parse(await text(request)));
    response.writeHead(204).end();
  } catch (error) {
    console.error(error);
    response.writeHead(500).end(); // comes again 稍后会重试
  }
});
server.listen(Number(PORT), () => console.log(`Listening on port ${server.address().port}`));
