import type { BilingualText } from '../../lib/bilingual-text.ts';

/** What functions log about a message or a run, in Chinese; what is not here is told as it was logged. */
const IN_CHINESE: Readonly<Record<string, string>> = {
  'message accepted': '已接受消息',
  'messages accepted': '已接受一批消息',
  'message sent': '已发送',
  'message not sent': '未发送成功',
  'A queue record names no message of ours and is dropped.': '队列记录不对应任何消息，已丢弃。',
  'A queue record could not be handled and comes again, or ends in the dead-letter queue.':
    '队列记录处理失败，会再次处理，或进入死信队列。',
  "A campaign's job could not be done and comes again, or ends in the dead-letter queue.":
    '群发任务处理失败，会再次处理，或进入死信队列。',
  'A recipient of a campaign could not be dealt with and is looked at again.':
    '群发的一个收件人处理失败，会再次处理。',
  'campaign run asked for': '定时触发了群发',
  'A run of a campaign did not start in time and is started now.': '群发未按时开始，现在补上。',
};

/** A log line in both languages, with its facts. */
export function inWords(message: string, facts: string): BilingualText {
  const withFacts = (text: string) => (facts === '' ? text : `${text}  ${facts}`);
  return { en: withFacts(message), zh: IN_CHINESE[message] ?? '' };
}
