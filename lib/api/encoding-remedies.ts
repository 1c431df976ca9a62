import type { BilingualText } from '../bilingual-text.ts';

/** How to send UTF-8 from where another encoding is the default: Windows' curl and old PHP send GBK, Excel saves UTF-16 or GBK. */
export const SEND_UTF8: BilingualText = {
  en: 'Send UTF-8. curl on Windows: save the body as a UTF-8 file and send it with --data-binary @body.json, or run "chcp 65001" first. PHP: mb_convert_encoding($text, "UTF-8", "GBK"), then json_encode($body, JSON_UNESCAPED_UNICODE). Excel: save as "CSV UTF-8".',
  zh: '请用 UTF-8 编码发送。Windows 的 curl：把内容存成 UTF-8 文件，用 --data-binary @body.json 发送，或先执行 chcp 65001。PHP：先 mb_convert_encoding($text, "UTF-8", "GBK")，再 json_encode($body, JSON_UNESCAPED_UNICODE)。Excel：另存为“CSV UTF-8”。',
};

/** How to write an address or a query that holds more than ASCII. */
export const ENCODE_UTF8: BilingualText = {
  en: 'Percent-encode the UTF-8 bytes of what is not ASCII, as encodeURIComponent of JavaScript, quote of Python and rawurlencode of PHP do; convert GBK to UTF-8 first.',
  zh: '非 ASCII 字符请按 UTF-8 字节做百分号编码，例如 JavaScript 的 encodeURIComponent、Python 的 quote、PHP 的 rawurlencode；GBK 文本请先转成 UTF-8。',
};
