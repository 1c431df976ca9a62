const { createQingniao, ownDomain } = require('@qingniao/miniprogram');
const { baseUrl, simulatedWeChat: simulator } = require('./config');
const { simulatedWeChat } = require('./simulated-wechat');

App({
  qingniao: createQingniao({
    wx: simulator ? simulatedWeChat(wx, simulator) : wx,
    transport: ownDomain({ wx, baseUrl }),
  }),

  onShow() {
    // 补报上次没送达的订阅结果
    this.qingniao.start();
  },
});
