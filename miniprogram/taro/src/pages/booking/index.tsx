import { View } from '@tarojs/components';
import { wechat } from '../../wechat';
import Reminders from './reminders';
import './index.css';

export default function Booking() {
  return (
    <View className="page">
      <View className="card">
        <View>口腔洁治 · 明天 15:00</View>
        <View className="small">中山路88号二楼</View>
      </View>
      {wechat ? (
        <Reminders {...wechat} />
      ) : (
        <View className="card">到店提醒由微信发送，请在微信小程序里预约。</View>
      )}
    </View>
  );
}
