import { Button, View } from '@tarojs/components';
import Taro from '@tarojs/taro';
import { useEffect, useState } from 'react';
import { templateId } from '../../config';
import { wechat } from '../../wechat';

const dialog = { title: '提醒', content: '好吗？' };
const request = { url: 'http://127.0.0.1:3000/v1/health' };

export default function Rules() {
  const [told, setTold] = useState('');
  const [asked, setAsked] = useState(0);

  async function ask() {
    const outcome = await wechat?.qingniao.subscribe([templateId]);
    setTold(outcome?.type === 'failed' ? `${outcome.error.code}` : `${outcome?.type}`);
  }

  async function askAfterHelper() {
    const outcome = await wechat?.subscribeAfter('showModal', dialog, [templateId]);
    setTold(`${outcome?.type}`);
  }

  async function askAfterAwait() {
    await Taro.showModal(dialog);
    await ask();
  }

  useEffect(() => {
    if (asked > 0) void ask();
  }, [asked]);

  return (
    <View>
      <Button onClick={ask}>tap</Button>
      <View onClick={() => setTold('card')}>
        <Button onClick={ask}>in a card that takes taps</Button>
      </View>
      <Button onClick={() => Taro.showModal({ ...dialog, success: ask })}>callback</Button>
      <Button onClick={() => Taro.request({ ...request, success: ask })}>request</Button>
      <Button onClick={askAfterHelper}>helper</Button>
      <Button onClick={() => Taro.showModal(dialog).then(ask)}>promise</Button>
      <Button onClick={askAfterAwait}>await</Button>
      <Button onClick={() => Taro.nextTick(ask)}>next tick</Button>
      <Button onClick={() => setTimeout(ask)}>timer</Button>
      <Button onClick={() => setAsked(asked + 1)}>effect</Button>
      <View>told: {told}</View>
    </View>
  );
}
