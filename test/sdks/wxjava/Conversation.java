import cn.binarywang.wx.miniapp.api.WxMaService;
import cn.binarywang.wx.miniapp.api.WxMaSubscribeService;
import cn.binarywang.wx.miniapp.api.impl.WxMaServiceImpl;
import cn.binarywang.wx.miniapp.bean.WxMaSubscribeMessage;
import cn.binarywang.wx.miniapp.config.impl.WxMaDefaultConfigImpl;
import com.google.gson.Gson;
import com.google.gson.JsonObject;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import me.chanjar.weixin.common.bean.subscribemsg.TemplateInfo;
import me.chanjar.weixin.common.error.WxErrorException;

/** Drives the simulated WeChat with WxJava as anyone would use it: only the host is another. */
class Conversation {
  static final String NOTIFY = "https://api.weixin.qq.com/wxa/";
  static final Gson JSON = new Gson();

  public static void main(String[] args) throws WxErrorException {
    var config = new WxMaDefaultConfigImpl();
    config.setAppid(System.getenv("WECHAT_APP_ID"));
    config.setSecret(System.getenv("WECHAT_APP_SECRET"));
    config.setApiHostUrl(System.getenv("WECHAT_URL"));
    config.useStableAccessToken(true);
    WxMaService service = new WxMaServiceImpl();
    service.setWxMaConfig(config);
    templates(service.getSubscribeService());
    cards(service);
  }

  /** Goes from the account's categories to a template of its own, sends with another one, and deletes its own. */
  static void templates(WxMaSubscribeService service) throws WxErrorException {
    var categories = service.getCategory();
    check(!categories.isEmpty(), "the account has categories", categories);
    var ids = categories.stream().map(category -> String.valueOf(category.getId())).toArray(String[]::new);
    var titles = service.getPubTemplateTitleList(ids, 0, 2);
    check(titles.getData().size() == 2 && titles.getCount() > 2, "a page of titles, and how many there are", titles);
    var title = titles.getData().get(0);
    var tid = String.valueOf(title.getTid());
    var keywords = service.getPubTemplateKeyWordsById(tid);
    check(keywords.size() >= 2 && keywords.get(0).getRule() != null, "the keywords of a title", keywords);
    var kids = List.of(keywords.get(1).getKid(), keywords.get(0).getKid());

    var id = service.addTemplate(tid, kids, "测试");
    var added = find(service, id);
    check(added != null && added.getTitle().equals(title.getTitle()), "the added template is listed", added);
    check(added.getContent().startsWith(keywords.get(1).getName()), "its keywords are in the order asked for", added);
    refused(200022, () -> service.addTemplate(tid, kids, "测试"));
    refused(200020, () -> service.addTemplate(tid, kids.subList(0, 1), "测试"));

    var card = service.addTemplate("10000001", List.of(), "测试");
    check(find(service, card) != null, "the template of a service card is added without keywords", card);
    check(service.delTemplate(card), "the template of a service card is deleted", card);

    check(service.delTemplate(id), "the template is deleted", id);
    check(find(service, id) == null, "the deleted template is listed no more", id);

    var message = new WxMaSubscribeMessage();
    message.setToUser(System.getenv("OPENID"));
    message.setTemplateId(System.getenv("TEMPLATE_ID"));
    message.addData(new WxMaSubscribeMessage.MsgData(System.getenv("DATA_KEY"), System.getenv("DATA_VALUE")));
    service.sendSubscribeMsg(message);
  }

  /** WxJava has no calls of its own for service cards (4.8.2): its general one makes them. */
  static void cards(WxMaService service) throws WxErrorException {
    var waiting = Map.of("cur_status", 1, "queue_number", "A121", "current_number", "A101", "min_wait_time", 600,
        "max_wait_time", 900, "wxa_path_query", "");
    var soon = Map.of("cur_status", 2, "queue_number", "A121", "current_number", "A118", "wxa_path_query", "");
    service.post(NOTIFY + "set_user_notify", card(Map.of("content_json", JSON.toJson(waiting))));
    service.post(NOTIFY + "set_user_notify", card(Map.of("content_json", JSON.toJson(soon))));
    refused(85439, () -> service.post(NOTIFY + "set_user_notify", card(Map.of("content_json", JSON.toJson(waiting)))));
    service.post(NOTIFY + "set_user_notifyext", card(Map.of("ext_json", "{\"store_info\":\"{}\"}")));
    var read = JSON.fromJson(service.post(NOTIFY + "get_user_notify", card(Map.of())), JsonObject.class);
    var shown = read.getAsJsonObject("notify_info").get("content_json").getAsString();
    check(JSON.fromJson(shown, JsonObject.class).get("cur_status").getAsInt() == 2, "WeChat has the last content", read);
  }

  static String card(Map<String, Object> more) {
    var body = new HashMap<String, Object>(more);
    body.put("openid", System.getenv("OPENID"));
    body.put("notify_type", 1005);
    body.put("notify_code", System.getenv("CARD_CODE"));
    return JSON.toJson(body);
  }

  static TemplateInfo find(WxMaSubscribeService service, String id) throws WxErrorException {
    return service.getTemplateList().stream().filter(each -> each.getPriTmplId().equals(id)).findFirst().orElse(null);
  }

  interface Call {
    void make() throws WxErrorException;
  }

  static void refused(int errcode, Call call) {
    try {
      call.make();
    } catch (WxErrorException error) {
      check(error.getError().getErrorCode() == errcode, "refused with " + errcode, error.getError());
      return;
    }
    check(false, "refused with " + errcode, "accepted");
  }

  static void check(boolean holds, String what, Object found) {
    if (!holds) throw new AssertionError("Not so: " + what + ". Found: " + found);
  }
}
