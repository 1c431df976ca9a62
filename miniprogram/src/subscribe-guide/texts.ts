/** What the guide says, by language and reason. */
export const TEXTS = {
  zh: {
    mainSwitch: {
      title: '订阅消息已关闭',
      body: '您关闭了本小程序的所有订阅消息，暂时收不到提醒。',
      steps: ['点「去设置」，进入「通知管理」', '打开「接收通知」', '返回后再点一次按钮'],
    },
    keptReject: {
      title: '提醒已被拒收',
      body: '您之前拒绝时勾选了「总是保持以上选择，不再询问」，所以微信没有再弹出窗口。',
      steps: ['点「去设置」，进入「通知管理」', '把这条通知改为接收', '返回后再点一次按钮'],
    },
    open: '去设置',
    later: '暂不',
  },
  en: {
    mainSwitch: {
      title: 'Messages are off',
      body: 'You have turned off all messages of this mini program, so no reminder can reach you.',
      steps: [
        'Tap “Settings” and open “Notifications”',
        'Turn on “Receive notifications”',
        'Come back and tap the button again',
      ],
    },
    keptReject: {
      title: 'This reminder is declined',
      body: 'You once declined it and chose not to be asked again, so WeChat no longer asks.',
      steps: [
        'Tap “Settings” and open “Notifications”',
        'Turn this one on',
        'Come back and tap the button again',
      ],
    },
    open: 'Settings',
    later: 'Not now',
  },
} as const;
