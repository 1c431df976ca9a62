/** What the document shows of one operation. Every one is held against the schema that it stands for. */
export interface Examples {
  /** Bodies in JSON, by name. */
  readonly body?: Readonly<Record<string, { readonly summary: string; readonly value: unknown }>>;
  readonly csv?: string;
  /** Bodies of a route that reads text, by media type. */
  readonly text?: Readonly<Record<string, unknown>>;
  /** Of an answer that is no problem. */
  readonly answer?: unknown;
}

/** Whom the examples are about. */
export const openid = 'oDemo_xiaoming_EssXvvJkkoj58';
/** What they send. */
export const templateId = 'price-drop_qa1fMe1hKcNCRrrmT50jd3HJgQyC8R4s';
/** Its texts. */
export const data = { thing1: '青鸟保温杯', amount2: '99元' };

/** The examples of campaigns, their recipients and their runs. */
export const campaignExamples: Readonly<Record<string, Examples>> = {
  createCampaign: {
    body: {
      weekly: {
        summary: 'To everyone who holds a grant, each Monday',
        value: {
          name: '每周上新',
          templateId: 'price-drop',
          data,
          audience: { type: 'grantees' },
          schedule: { expression: 'cron(0 9 ? * MON *)', timezone: 'Asia/Shanghai' },
          quietHours: { from: '22:00', to: '08:00', timezone: 'Asia/Shanghai' },
        },
      },
      named: {
        summary: 'To those who are named, with texts of their own',
        value: {
          name: '双十二降价',
          templateId: 'price-drop',
          data: { thing1: '{{goods}}', amount2: '99元' },
          audience: { type: 'recipients', recipients: [{ openid, variables: { goods: '青鸟保温杯' } }] },
        },
      },
    },
    answer: {
      id: 'c_0k3Zq8vT1xY',
      name: '双十二降价',
      templateId,
      templateAlias: 'price-drop',
      data: { thing1: '{{goods}}', amount2: '99元' },
      miniprogramState: 'formal',
      lang: 'zh_CN',
      fit: false,
      audience: { type: 'recipients', count: 1 },
      status: 'active',
      createdAt: '2026-12-01T01:00:00.000Z',
      updatedAt: '2026-12-01T01:00:00.000Z',
    },
  },
  addRecipients: {
    body: {
      one: {
        summary: 'One more, as JSON',
        value: { recipients: [{ openid, variables: { goods: '青鸟保温杯' } }] },
      },
    },
    csv: `openid,goods\n${openid},青鸟保温杯\n`,
    answer: { added: 1, count: 2 },
  },
  startRun: { body: { dry: { summary: 'Without sending', value: { dryRun: true } } } },
};
