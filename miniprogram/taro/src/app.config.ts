export default defineAppConfig({
  pages: ['pages/booking/index'],
  window: {
    navigationBarTitleText: '预约提醒',
    navigationBarBackgroundColor: '#ffffff',
    navigationBarTextStyle: 'black',
    backgroundColor: '#f5f6f7',
  },
});
