import type { AfterOutcome } from '@qingniao/miniprogram/subscribe-after';
import { Button, View } from '@tarojs/components';
import { useDidShow } from '@tarojs/taro';
import { useState } from 'react';
import { templateId } from '../../config';
import type { WeChat } from '../../wechat';

const HOUR_MS = 60 * 60 * 1000;
const TEMPLATES = [templateId];

export default function Reminders({ qingniao, subscribeAfter }: WeChat) {
  const [remaining, setRemaining] = useState('…');
  const [notice, setNotice] = useState('');
  const [guide, setGuide] = useState('');

  useDidShow(refresh);

  /** 先弹窗：subscribe 前面不能有 await，所以它在点击事件里第一个被调用。 */
  async function book() {
    await remindIfAccepted(await qingniao.subscribe(TEMPLATES));
  }

  /** 先解释再弹窗：await Taro.showModal() 在 iOS 上会丢掉点击态，subscribeAfter 只走回调。 */
  async function explainAndBook() {
    const dialog = { title: '到店提醒', content: '到店前一小时提醒您，好吗？', confirmText: '好的' };
    await remindIfAccepted(await subscribeAfter('showModal', dialog, TEMPLATES));
  }

  async function remindIfAccepted(outcome: AfterOutcome) {
    setGuide(outcome.guide ?? '');
    if (outcome.guide || outcome.type === 'skipped') return;
    if (outcome.type === 'failed') setNotice(outcome.error.tell.zh);
    else if (outcome.accepted.length === 0) setNotice('您没有同意接收提醒，可以再点一次。');
    else await remind();
  }

  async function remind() {
    const at = appointment();
    const booked = await qingniao.remindMe(
      templateId,
      new Date(at.getTime() - HOUR_MS),
      {
        thing1: '口腔洁治',
        time2: timeText(at),
        thing3: '中山路88号二楼',
        phone_number4: '020-81167888',
        thing5: '请提前十分钟到店',
      },
      { page: 'pages/booking/index' },
    );
    setNotice(booked.type === 'booked' ? '好的，到店前一小时提醒您。' : booked.error.tell.zh);
    await refresh();
  }

  async function refresh() {
    try {
      setRemaining(`${(await qingniao.remaining(templateId)).available} 次`);
    } catch {
      setRemaining('暂时无法读取');
    }
  }

  return (
    <>
      <View className="card">还可提醒 {remaining}</View>
      <Button className="button" type="primary" onClick={book}>
        预约，并提前一小时提醒我
      </Button>
      <Button className="button" onClick={explainAndBook}>
        先看说明再预约
      </Button>
      {notice && <View className="card">{notice}</View>}
      <subscribe-guide
        show={guide !== ''}
        reason={guide}
        templates={TEMPLATES}
        onClose={() => setGuide('')}
        onDone={({ detail }) => {
          setGuide('');
          setNotice(detail.allowed ? '设置好了，请再点一次按钮。' : '还没有打开，暂时收不到提醒。');
        }}
      />
    </>
  );
}

/** 明天 15:00 */
function appointment(): Date {
  const at = new Date(Date.now() + 24 * HOUR_MS);
  at.setHours(15, 0, 0, 0);
  return at;
}

/** 订阅消息 time 字段的写法：2026年11月24日 15:00 */
function timeText(at: Date): string {
  return `${at.getFullYear()}年${at.getMonth() + 1}月${at.getDate()}日 ${at.getHours()}:00`;
}
