/**
 * What a cloud function sees of WeChat's own package: 4.0.2 reads the caller out of the environment, which the platform
 * sets for each call.
 */
exports.DYNAMIC_CURRENT_ENV = Symbol('current');
exports.init = () => undefined;
exports.getWXContext = () => {
  const keys = (process.env.WX_CONTEXT_KEYS ?? '').split(',').filter((key) => process.env[key] !== undefined);
  return Object.fromEntries(keys.map((key) => [key.replace(/^WX_/, ''), process.env[key]]));
};
