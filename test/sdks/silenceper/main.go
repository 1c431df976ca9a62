// Drives the simulated WeChat with github.com/silenceper/wechat as anyone would use it: only the host is another.
package main

import (
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/silenceper/wechat/v2"
	"github.com/silenceper/wechat/v2/cache"
	"github.com/silenceper/wechat/v2/miniprogram/config"
	"github.com/silenceper/wechat/v2/miniprogram/subscribe"
	"github.com/silenceper/wechat/v2/util"
)

const wechatHost = "https://api.weixin.qq.com"

func main() {
	util.SetURIModifier(func(uri string) string {
		return strings.Replace(uri, wechatHost, os.Getenv("WECHAT_URL"), 1)
	})
	mini := wechat.NewWechat().GetMiniProgram(&config.Config{
		AppID:       os.Getenv("WECHAT_APP_ID"),
		AppSecret:   os.Getenv("WECHAT_APP_SECRET"),
		Cache:       cache.NewMemory(),
		UseStableAK: true,
	})
	templates(mini.GetSubscribe())
	cards(mini.GetSubscribe())
}

// templates goes from the account's categories to a template of its own, sends with another one, and deletes its own.
func templates(service *subscribe.Subscribe) {
	categories := must(service.GetCategory())
	check(len(categories) > 0, "the account has categories", categories)
	ids := make([]string, len(categories))
	for index, category := range categories {
		ids[index] = fmt.Sprint(category.ID)
	}
	titles := must(service.GetPubTemplateTitleList(&subscribe.GetPubTemplateTitleListRequest{
		IDs: strings.Join(ids, ","), Start: 0, Limit: 2,
	}))
	check(len(titles.Data) == 2 && titles.Count > 2, "a page of titles, and how many there are", titles)
	title := titles.Data[0]
	keywords := must(service.GetPubTemplateKeywordsByID(title.TID))
	check(keywords.Count >= 2 && keywords.Data[0].Rule != "", "the keywords of a title", keywords)
	kids := []int{int(keywords.Data[1].KID), int(keywords.Data[0].KID)}

	id := must(service.Add(title.TID, kids, "测试"))
	found := find(must(service.ListTemplates()), id)
	check(found != nil && found.Title == title.Title, "the added template is listed", found)
	check(strings.HasPrefix(found.Content, keywords.Data[1].Name), "its keywords are in the order asked for", found)
	again, err := service.Add(title.TID, kids, "测试")
	check(again == id && refused(err, 200022), "adding it again is 200022 and names it", err)
	_, err = service.Add(title.TID, kids[:1], "测试")
	check(refused(err, 200020), "one keyword is 200020", err)

	card := must(service.Add("10000001", []int{}, "测试"))
	check(find(must(service.ListTemplates()), card) != nil, "the template of a service card is added without keywords", card)
	must(true, service.Delete(card))

	must(true, service.Delete(id))
	check(find(must(service.ListTemplates()), id) == nil, "the deleted template is listed no more", id)

	value := os.Getenv("DATA_VALUE")
	must(true, service.Send(&subscribe.Message{
		ToUser:     os.Getenv("OPENID"),
		TemplateID: os.Getenv("TEMPLATE_ID"),
		Data:       map[string]*subscribe.DataItem{os.Getenv("DATA_KEY"): {Value: value}},
	}))
}

func find(list *subscribe.TemplateList, id string) *subscribe.TemplateItem {
	for _, item := range list.Data {
		if item.PriTmplID == id {
			return &item
		}
	}
	return nil
}

func refused(err error, errcode int) bool {
	return err != nil && strings.Contains(err.Error(), fmt.Sprint(errcode))
}

func must[T any](value T, err error) T {
	check(err == nil, "the call is accepted", err)
	return value
}

func check(holds bool, what string, found any) {
	if !holds {
		fmt.Fprintf(os.Stderr, "Not so: %s. Found: %+v\n", what, found)
		panic(what)
	}
}

// cards activates the card of a tap, moves it on and reads it, and the card of a pay order by what WeChat checks it by.
func cards(service *subscribe.Subscribe) {
	openid, code := os.Getenv("OPENID"), os.Getenv("CARD_CODE")
	card := func(content string) *subscribe.SetUserNotifyRequest {
		return &subscribe.SetUserNotifyRequest{OpenID: openid, NotifyType: 1005, NotifyCode: code, ContentJSON: content}
	}
	waiting := `{"cur_status":1,"queue_number":"A121","current_number":"A101","min_wait_time":600,"max_wait_time":900,"wxa_path_query":""}`
	soon := `{"cur_status":2,"queue_number":"A121","current_number":"A118","wxa_path_query":""}`
	must(true, service.SetUserNotify(card(waiting)))
	must(true, service.SetUserNotify(card(soon)))
	check(refused(service.SetUserNotify(card(waiting)), 85439), "a state that may not follow is 85439", soon)
	must(true, service.SetUserNotifyExt(&subscribe.SetUserNotifyExtRequest{
		OpenID: openid, NotifyType: 1005, NotifyCode: code, ExtJSON: `{"store_info":"{}"}`,
	}))
	read := must(service.GetUserNotify(&subscribe.GetUserNotifyRequest{OpenID: openid, NotifyType: 1005, NotifyCode: code}))
	check(read.NotifyInfo.ContentJSON == soon && read.NotifyInfo.CodeExpireTime > 0, "WeChat has the last content", read)
	_, err := service.GetUserNotify(&subscribe.GetUserNotifyRequest{OpenID: openid, NotifyType: 1005, NotifyCode: "another"})
	check(refused(err, 85437), "a code that WeChat does not know is 85437", err)

	order := &subscribe.SetUserNotifyRequest{
		OpenID: openid, NotifyType: 2001, NotifyCode: os.Getenv("ORDER_CODE"),
		ContentJSON: `{"cur_status":1,"product_count":1,"product_list":{"info_list":[]},"wxa_path_query":""}`,
	}
	check(refused(service.SetUserNotify(order), 85433), "an order without its check is 85433", order)
	order.CheckJSON = fmt.Sprintf(`{"pay_amount":9900,"pay_time":%d}`, time.Now().Unix())
	must(true, service.SetUserNotify(order))
}
