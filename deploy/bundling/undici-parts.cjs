// What lib/http takes of undici; the package itself loads a fetch, a cache, mocks and more.
exports.Pool = require('undici/lib/dispatcher/pool.js');
exports.ProxyAgent = require('undici/lib/dispatcher/proxy-agent.js');
