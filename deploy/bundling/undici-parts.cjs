// What lib/http takes of undici; the package itself loads a fetch, a cache, mocks and more. Each is loaded when it is used first.
Object.defineProperty(exports, 'Pool', {
  enumerable: true,
  get: () => require('undici/lib/dispatcher/pool.js'),
});
Object.defineProperty(exports, 'ProxyAgent', {
  enumerable: true,
  get: () => require('undici/lib/dispatcher/proxy-agent.js'),
});
