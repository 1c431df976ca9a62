/** 青鸟服务的地址。上线时改为您部署的域名，并加入小程序后台的 request 合法域名。 */
export const baseUrl = 'http://127.0.0.1:3000';

/** 「预约提醒」模板的 ID。上线时改为公众平台上您自己的模板。 */
export const templateId = 'appointment_zznh6QxLmYCL1PjbDFwMnQ6e6nph5nT';
