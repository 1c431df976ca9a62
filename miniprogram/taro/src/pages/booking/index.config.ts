export default definePageConfig({
  navigationBarTitleText: '预约提醒',
  // 其他平台没有这个原生组件
  usingComponents:
    process.env.TARO_ENV === 'weapp'
      ? { 'subscribe-guide': '@qingniao/miniprogram/subscribe-guide/index' }
      : {},
});
