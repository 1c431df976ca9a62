const { templateId } = require('../../config');

const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;

const SERVICES = [
  { name: '口腔洁治', place: '中山路88号二楼' },
  { name: '视力检查', place: '中山路88号三楼' },
];

Page({
  data: {
    services: SERVICES,
    picked: 0,
    time: '15:00',
    remaining: '…',
    notice: '',
    guide: '',
    busy: false,
    templates: [templateId],
  },

  onShow() {
    this.refresh();
  },

  pick(event) {
    this.setData({ picked: Number(event.detail.value) });
  },

  setTime(event) {
    this.setData({ time: event.detail.value });
  },

  book() {
    const at = this.appointment();
    this.askAndRemind(at, new Date(at.getTime() - HOUR_MS));
  },

  remindSoon() {
    this.askAndRemind(this.appointment(), new Date(Date.now() + 5000));
  },

  /** 先弹窗：subscribe 必须在点击事件里直接调用，之前不能有 await。 */
  askAndRemind(at, remindAt) {
    this.setData({ notice: '', busy: true });
    getApp()
      .qingniao.subscribe([templateId])
      .then((outcome) => this.afterPopup(outcome, at, remindAt))
      .then(() => this.setData({ busy: false }));
  },

  afterPopup(outcome, at, remindAt) {
    if (outcome.guide) return this.setData({ guide: outcome.guide });
    if (outcome.type === 'failed') return this.setData({ notice: outcome.error.tell.zh });
    if (outcome.accepted.length === 0) return this.setData({ notice: '您没有同意接收提醒，可以再点一次。' });
    return this.remind(at, remindAt);
  },

  remind(at, remindAt) {
    const { name, place } = SERVICES[this.data.picked];
    return getApp()
      .qingniao.remindMe(
        templateId,
        remindAt,
        {
          thing1: name,
          time2: timeText(at),
          thing3: place,
          phone_number4: '020-81167888',
          thing5: '请提前十分钟到店',
        },
        { page: 'pages/booking/index' },
      )
      .then((outcome) => {
        const booked = outcome.type === 'booked';
        this.setData({
          notice: booked ? `好的，将在 ${timeText(remindAt)} 提醒您。` : outcome.error.tell.zh,
        });
        return this.refresh();
      });
  },

  refresh() {
    return getApp()
      .qingniao.remaining(templateId)
      .then(
        ({ available }) => this.setData({ remaining: `${available} 次` }),
        (error) => this.setData({ remaining: '暂时无法读取', notice: error.tell.zh }),
      );
  },

  closeGuide() {
    this.setData({ guide: '' });
  },

  backFromSettings(event) {
    const notice = event.detail.allowed ? '设置好了，请再点一次按钮。' : '还没有打开，暂时收不到提醒。';
    this.setData({ guide: '', notice });
  },

  /** 明天的到店时间 */
  appointment() {
    const [hours, minutes] = this.data.time.split(':').map(Number);
    const at = new Date(Date.now() + DAY_MS);
    at.setHours(hours, minutes, 0, 0);
    return at;
  },
});

/** 订阅消息 time 字段的写法：2026年11月24日 15:00 */
function timeText(at) {
  const two = (part) => String(part).padStart(2, '0');
  const day = `${at.getFullYear()}年${at.getMonth() + 1}月${at.getDate()}日`;
  return `${day} ${two(at.getHours())}:${two(at.getMinutes())}`;
}
