import type { BilingualText } from '../bilingual-text.ts';

const CORRECT_FIELDS: BilingualText = {
  en: 'Correct each place that "errors" names, and send the request again.',
  zh: '请按 errors 逐项修改，然后重新发送。',
};

/** What a caller does next about each problem, unless the problem itself knows more by WeChat's errcode. */
export const REMEDIES = {
  'malformed-json': {
    en: 'Send one JSON value, with double quotes and without a comma behind the last member; let a JSON library write it. curl on Windows takes no single quotes: put the body into a file and send it with --data-binary @body.json.',
    zh: '请发送一个合法的 JSON 值：用双引号，末尾不要多余的逗号；建议用 JSON 库生成。Windows 的 curl 不支持单引号，请把内容存成文件，用 --data-binary @body.json 发送。',
  },
  'missing-token': {
    en: 'Add the header "authorization: Bearer <token>": an API key from a server, a session token of POST /v1/sessions from a mini program.',
    zh: '请加上请求头 "authorization: Bearer <令牌>"：服务端用 API Key，小程序用 POST /v1/sessions 得到的会话令牌。',
  },
  'invalid-token': {
    en: 'In a mini program, log in again with wx.login and POST /v1/sessions. On a server, compare the API key with the one that setup gave out.',
    zh: '小程序请用 wx.login 和 POST /v1/sessions 重新登录；服务端请核对 API Key 是否与配置时给出的一致。',
  },
  'code-invalid': {
    en: 'Call wx.login again and send the new code: each code is good for five minutes and one use.',
    zh: '请重新调用 wx.login 并发送新的 code：每个 code 五分钟内有效，只能用一次。',
  },
  'missing-scope': {
    en: 'Use an API key that has the scope, or have the owner add the scope to this key.',
    zh: '请换用带有该权限的 API Key，或请部署者给这个 Key 加上该权限。',
  },
  'wrong-caller': {
    en: 'Call with the other kind of token, an API key or a session token, as "detail" says. A session acts for its own user only.',
    zh: '请按 detail 换用另一种令牌（API Key 或会话令牌）。会话令牌只能操作自己的用户。',
  },
  'invalid-signature': {
    en: "Compare the Token, the EncodingAESKey and the mode in WeChat's console with the settings WECHAT_PUSH_TOKEN, WECHAT_PUSH_AES_KEY and WECHAT_PUSH_PLAINTEXT.",
    zh: '请核对微信后台的 Token、EncodingAESKey 和加密方式，与设置 WECHAT_PUSH_TOKEN、WECHAT_PUSH_AES_KEY、WECHAT_PUSH_PLAINTEXT 是否一致。',
  },
  'user-blocked': {
    en: 'Refuse the login; the user can ask WeChat to lift the restriction.',
    zh: '请拒绝此次登录；用户可向微信申诉解除限制。',
  },
  'template-not-open': {
    en: 'Send from your server with an API key, or have the owner list the template in USER_SENDABLE_TEMPLATES.',
    zh: '请在服务端用 API Key 发送，或请部署者把该模板加入 USER_SENDABLE_TEMPLATES。',
  },
  'not-found': {
    en: 'Check the address and the id in it; the lists under the same address show what there is.',
    zh: '请检查地址和其中的 ID；可通过同一地址的列表接口查看现有内容。',
  },
  'unknown-app': {
    en: 'Compare the header x-wechat-appid with the appids that GET /v1/apps lists for this key. The owner adds a mini program with npm run setup -- --app; it is known within five minutes.',
    zh: '请核对请求头 x-wechat-appid 是否在 GET /v1/apps 为该 API Key 列出的 AppID 之中。部署者可用 npm run setup -- --app 添加小程序，五分钟内生效。',
  },
  'sending-stopped': {
    en: 'Nothing can be sent or booked for it; its data can be read, canceled and erased. The owner takes sending up again with npm run setup -- --app.',
    zh: '该小程序已停止发送和预约，仍可查询、取消和删除数据。部署者可用 npm run setup -- --app 恢复发送。',
  },
  'app-not-ready': {
    en: 'Tell the owner: the log names each wrong setting, and npm run setup -- --app corrects them. Other mini programs are not affected.',
    zh: '请联系部署者：日志会列出每一项有误的设置，可用 npm run setup -- --app 更正。其他小程序不受影响。',
  },
  'method-not-allowed': {
    en: 'Use one of the methods that the "allow" header names.',
    zh: '请改用应答头 allow 中列出的方法。',
  },
  'no-grant': {
    en: 'Ask the user again with wx.requestSubscribeMessage and report the answer to POST /v1/grants; about a device with wx.requestSubscribeDeviceMessage and "devices". To book ahead of the grant, send "hold": false.',
    zh: '请用 wx.requestSubscribeMessage 再次请用户授权，并上报到 POST /v1/grants；设备消息用 wx.requestSubscribeDeviceMessage，上报时带上 devices。若要先预约、到点再占用授权，请加上 "hold": false。',
  },
  'too-many-waiting': {
    en: 'List what waits for this user with GET /v1/messages?openid=…, cancel with DELETE /v1/messages/{id} what is no longer needed, and order the rest once some have left.',
    zh: '请用 GET /v1/messages?openid=… 查看该用户待发的消息，用 DELETE /v1/messages/{id} 取消不再需要的，其余的等部分消息发出后再提交。',
  },
  'idempotency-conflict': {
    en: 'Take a new Idempotency-Key for a new message. To repeat the earlier one, send its body unchanged.',
    zh: '新消息请换一个新的 Idempotency-Key；若要重复之前的请求，请原样发送当时的内容。',
  },
  'alias-taken': {
    en: 'Take another alias, or send "move": true to take this one from the template that has it.',
    zh: '请换一个别名，或加上 "move": true 把它从原模板移过来。',
  },
  'alias-in-settings': {
    en: 'Change TEMPLATE_ALIASES and deploy again, or take another alias.',
    zh: '请修改设置 TEMPLATE_ALIASES 后重新部署，或换一个别名。',
  },
  'template-in-use': {
    en: 'Cancel the messages and end the campaigns that "detail" names, or repeat the request with ?force=true, which does both and gives the grants back.',
    zh: '请取消 detail 中列出的消息并结束活动；也可加上 ?force=true 重试，会一并取消和结束，并归还授权。',
  },
  'already-sending': {
    en: 'Read the message with GET /v1/messages/{id} to see how it ends; before an erasure, wait two minutes and try again.',
    zh: '请用 GET /v1/messages/{id} 查看消息的结果；若要删除用户数据，请等两分钟再试。',
  },
  'campaign-not-active': {
    en: 'PATCH its status to "active" if it is paused; make a new campaign if it has ended.',
    zh: '已暂停的活动请用 PATCH 把 status 改为 "active"；已结束的请新建一个。',
  },
  'campaign-ended': { en: 'Make a new campaign.', zh: '请新建一个活动。' },
  'campaign-under-way': {
    en: 'Stop the run with POST …/runs/{runId}/stop or wait for its end, then delete the campaign.',
    zh: '请先用 POST …/runs/{runId}/stop 停止发送，或等它结束，再删除活动。',
  },
  'not-for-recipients': {
    en: 'Make a campaign whose audience has the type "recipients", and add them there.',
    zh: '请新建一个 audience 类型为 "recipients" 的活动，再添加名单。',
  },
  'upload-in-progress': {
    en: 'Send the same recipients again in a minute; the same list twice in a row counts once.',
    zh: '请一分钟后重新上传同一份名单；连续两次上传同一份名单只算一次。',
  },
  'run-not-running': {
    en: 'Nothing is to be done. POST …/resume goes on with it.',
    zh: '无需处理；如需继续，请用 POST …/resume。',
  },
  'run-not-paused': {
    en: 'Nothing is to be done. POST …/pause holds it back.',
    zh: '无需处理；如需暂停，请用 POST …/pause。',
  },
  'run-over': { en: 'Start a new run with POST …/runs.', zh: '请用 POST …/runs 重新开始一次发送。' },
  'run-not-over': {
    en: 'Stop the run with POST …/stop or wait until it is finished, then send to the failed ones again.',
    zh: '请用 POST …/stop 停止，或等它完成，再补发失败的。',
  },
  'card-exists': {
    en: 'Move the card on with PATCH /v1/cards/{id}; "detail" has its id. A new order or a new tap makes a new card.',
    zh: '请用 PATCH /v1/cards/{id} 更新这张卡片（id 见 detail）；新的订单或点击才能创建新卡片。',
  },
  'card-expired': {
    en: 'Nothing can be changed any more. A new order or a new tap makes a new card with POST /v1/cards.',
    zh: '卡片已不能再更新；新的订单或点击可用 POST /v1/cards 创建新卡片。',
  },
  'card-state-order': {
    en: 'Read the card with GET /v1/cards/{id}, and send a state that may follow the one it is in; docs/en/cards.md links the page of each kind.',
    zh: '请用 GET /v1/cards/{id} 查看卡片当前状态，再提交可以变更到的状态；各类卡片的微信文档链接见 docs/zh/cards.md。',
  },
  'not-unknown': {
    en: 'Read the message with GET /v1/messages/{id}: its outcome stands there.',
    zh: '请用 GET /v1/messages/{id} 查看，结果已经确定。',
  },
  'body-too-large': {
    en: 'Split it into several requests: batches of fewer messages, or uploads of fewer recipients.',
    zh: '请拆成多次请求：每批少发几条消息，或分几次上传名单。',
  },
  'unsupported-media-type': {
    en: 'Set the header "content-type: application/json" and send the body as JSON in UTF-8, not compressed.',
    zh: '请设置请求头 "content-type: application/json"，请求体用 UTF-8 编码的 JSON，不要压缩。',
  },
  'invalid-body': CORRECT_FIELDS,
  'invalid-query': CORRECT_FIELDS,
  'invalid-header': CORRECT_FIELDS,
  'invalid-data': {
    en: 'Correct each value that "errors" names by its rule, or send "fit": true to have mended what can be. GET /v1/templates/{id}/example shows data that fits.',
    zh: '请按 errors 中的规则逐项修改，或加上 "fit": true 自动调整。GET /v1/templates/{id}/example 可查看合格的示例。',
  },
  'unknown-template': {
    en: 'Take the template id (priTmplId, 43 characters) from GET /v1/templates or from "My templates" in WeChat\'s console, of this very mini program.',
    zh: '请从 GET /v1/templates 或微信后台“我的模板”中复制本小程序的模板 ID（priTmplId，43 个字符）。',
  },
  'invalid-schedule': {
    en: 'Write it as EventBridge Scheduler takes it: cron(0 9 ? * MON *), rate(7 days) or at(2026-12-01T09:00:00), with a time zone such as Asia/Shanghai.',
    zh: '请按 EventBridge Scheduler 的格式填写：cron(0 9 ? * MON *)、rate(7 days) 或 at(2026-12-01T09:00:00)，时区如 Asia/Shanghai。',
  },
  'invalid-variables': {
    en: 'Give each recipient that "errors" names the missing or corrected variables, and send the whole list again.',
    zh: '请为 errors 中指出的每个收件人补全或修改变量，然后重新发送整份名单。',
  },
  'invalid-csv': {
    en: 'Correct the lines that "errors" names and upload the file again, saved as "CSV UTF-8", with a header row and the column openid.',
    zh: '请修改 errors 中指出的行，另存为“CSV UTF-8”后重新上传；首行为表头，须有 openid 列。',
  },
  'too-many-recipients': {
    en: 'Put the rest into another campaign.',
    zh: '请把其余的人放到另一个活动中。',
  },
  'too-many-templates': {
    en: 'Report templates that are in use only. DELETE /v1/users/{openid} erases all that is stored of the user.',
    zh: '请只上报在用的模板；DELETE /v1/users/{openid} 会删除该用户的全部记录。',
  },
  'too-many-devices': {
    en: 'Let the user turn off devices that are no longer used: a report of "reject" for a device makes room for another one.',
    zh: '请让用户退订不再使用的设备：对某台设备上报 reject 后即可为新设备腾出位置。',
  },
  'rate-limited': {
    en: 'Wait as many seconds as "retry-after" says, then call wx.login again. Keep the session token instead of logging in each time.',
    zh: '请等待 retry-after 指定的秒数，再重新调用 wx.login。请保存会话令牌，不要每次都登录。',
  },
  'internal-error': {
    en: 'Try again. If it stays, tell the owner the x-request-id of this answer: the log has the cause under it.',
    zh: '请重试。若仍然失败，请把应答头 x-request-id 告诉部署者，可据此在日志中查到原因。',
  },
  busy: {
    en: 'Nothing was stored. Send the same request again in some seconds, and fewer for one user at a time.',
    zh: '没有写入任何内容。请几秒后原样重试，并减少对同一用户的并发请求。',
  },
  'timed-out': {
    en: 'It may have been done all the same. Messages: send again with the same idempotency key, or look with GET /v1/messages?openid= first. Else read what is there before you repeat it.',
    zh: '请求可能已经生效。消息请用同一个幂等键重发，或先用 GET /v1/messages?openid= 查看；其他操作请先查询结果再决定是否重试。',
  },
  'not-started': {
    en: 'Nothing was done about this entry. Send it again, in a smaller batch.',
    zh: '这一条尚未处理，请减少每批数量后重新发送。',
  },
  'wechat-credentials': {
    en: "The owner corrects the AppID and the AppSecret, or the IP allow-list in WeChat's console; npm run doctor says which.",
    zh: '请部署者修正 AppID、AppSecret 或微信后台的 IP 白名单；npm run doctor 会指出是哪一项。',
  },
  'wechat-refused': {
    en: 'The errcode says why: it is in "wechat" for an operator, and in the log of the request. Correct that and try again.',
    zh: 'errcode 说明了原因：运营者可在 wechat 字段中看到，也可查看该请求的日志。处理后重试。',
  },
  'wechat-unavailable': {
    en: 'Try again in some seconds; for a login, as "detail" says, with the same code or a new one of wx.login.',
    zh: '请几秒后重试；登录请按 detail 的说明使用原来的 code，或重新调用 wx.login。',
  },
  'table-unreachable': {
    en: "Try again later. The owner finds the cause in the function's log: the table's name, the region or the rights.",
    zh: '请稍后重试。部署者可在函数日志中查看原因：表名、区域或权限。',
  },
} as const satisfies Readonly<Record<string, BilingualText>>;
