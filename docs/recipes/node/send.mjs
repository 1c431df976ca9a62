// 订单发货后通知用户：node send.mjs OPENID 订单号。Tells a user that an order has left.
import { createQingniao, QingniaoProblem } from '@qingniao/client';

const qingniao = createQingniao({
  baseUrl: process.env.QINGNIAO_API_URL,
  apiKey: process.env.QINGNIAO_API_KEY,
});

const [openid, order] = process.argv.slice(2);
const message = {
  to: openid,
  templateId: 'order-shipped',
  data: {
    character_string1: order,
    thing2: '云南高山普洱茶饼',
    thing3: '顺丰速运',
    character_string4: 'SF1390026457812',
    time5: '2026年11月23日 15:01',
  },
};

try {
  const { id, status } = await qingniao.send(message, { idempotencyKey: `order-${order}-shipped` });
  console.log(id, status);
} catch (error) {
  if (!(error instanceof QingniaoProblem) || error.code !== 'no-grant') throw error;
  console.log(error.code, error.remedy.zh);
}
