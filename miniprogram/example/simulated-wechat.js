/**
 * 用 npm run dev 的模拟微信代替登录、订阅弹窗和设置，其余仍用真正的 wx。只用于开发。
 *
 * @param {WechatMiniprogram.Wx} real
 * @param {{ url: string, openid: string }} options
 * @returns {import('@qingniao/miniprogram').Wx}
 */
function simulatedWeChat(real, { url, openid }) {
  /** 模拟微信的控制接口 */
  function control(method, path, data, success, fail) {
    real.request({
      url: `${url}/_control${path}`,
      method,
      data,
      success: (answer) =>
        answer.statusCode < 300 ? success(answer.data) : fail({ errMsg: JSON.stringify(answer.data) }),
      fail,
    });
  }

  function tap(options, confirm) {
    const results = {};
    for (const id of options.tmplIds) results[id] = confirm ? 'accept' : 'reject';
    const answered = (answer) => (answer.errCode ? options.fail(answer) : options.success(answer));
    control('POST', '/subscribe', { openid, results }, answered, options.fail);
  }

  return {
    getStorageSync: (key) => real.getStorageSync(key),
    setStorageSync: (key, value) => real.setStorageSync(key, value),
    getAppBaseInfo: () => real.getAppBaseInfo(),
    // 弹窗由模拟微信提供，所以不再算作开发者工具。
    getDeviceInfo: () => ({ platform: 'simulated' }),
    getAccountInfoSync: () => real.getAccountInfoSync(),
    onNetworkStatusChange: (listener) => real.onNetworkStatusChange(listener),

    login: ({ success, fail }) => control('POST', '/login', { openid }, success, fail),

    getSetting: ({ success, fail }) =>
      control(
        'GET',
        '/settings',
        { openid },
        (subscriptionsSetting) => success({ subscriptionsSetting }),
        fail,
      ),

    requestSubscribeMessage: (options) =>
      real.showModal({
        title: '模拟微信：订阅消息',
        content: '允许小程序发送一次「预约提醒」？',
        confirmText: '允许',
        cancelText: '取消',
        success: ({ confirm }) => tap(options, confirm),
        fail: options.fail,
      }),
  };
}

module.exports = { simulatedWeChat };
