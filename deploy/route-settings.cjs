// Settings of single routes. CloudFormation hands them on as they are, so that the numbers of `--param`, which are texts, are
// made numbers here.

module.exports = async ({ resolveVariable }) => {
  const number = async (name) => {
    const value = Number(await resolveVariable(`param:${name}`));
    if (!Number.isInteger(value) || value < 1)
      throw new Error(`${name} takes a whole number from 1. ${name} 须为正整数。`);
    return value;
  };
  const limits = async (name) => ({
    ThrottlingRateLimit: await number(`${name}RatePerSecond`),
    ThrottlingBurstLimit: await number(`${name}Burst`),
  });
  // Only WechatEventsAlarm looks at the route's own metrics, which AWS charges for.
  const isWatched = String(await resolveVariable('param:watching')) === 'true';
  return {
    'POST /v1/wechat/events': { ...(await limits('wechatEvents')), DetailedMetricsEnabled: isWatched },
    'POST /v1/wechat/events/{appid}': { ...(await limits('wechatEvents')), DetailedMetricsEnabled: false },
    'POST /v1/sessions': { ...(await limits('sessions')), DetailedMetricsEnabled: false },
  };
};
