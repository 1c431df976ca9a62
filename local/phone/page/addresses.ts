/** Where the service and the simulated WeChat are for others than this page, which reaches them through its own server. */
export const addresses = {
  api: document.documentElement.dataset['api'] ?? '',
  wechat: document.documentElement.dataset['wechat'] ?? '',
};

/** The key of every local stack; it opens nothing but this machine. */
export const KEY = 'dev-key';
