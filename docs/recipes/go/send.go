// 订单发货后通知用户：go run send.go OPENID 订单号。只用标准库。Tells a user that an order has left.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"
)

type message struct {
	To         string            `json:"to"`
	TemplateID string            `json:"templateId"`
	Data       map[string]string `json:"data"`
}

// 消息，或接口的拒绝：按 Code 判断，Remedy 说明如何处理。
type answer struct {
	ID     string            `json:"id"`
	Status any               `json:"status"`
	Code   string            `json:"code"`
	Detail string            `json:"detail"`
	Remedy map[string]string `json:"remedy"`
}

const tries = 3

var client = &http.Client{Timeout: 10 * time.Second}

// send 发送一条消息。没有应答或服务暂时繁忙时重试；幂等键不变，所以只会发出一条。
func send(m message, key string) (sent answer, err error) {
	body, err := json.Marshal(m)
	if err != nil {
		return sent, err
	}
	for try := 1; ; try++ {
		status, sent, err := post(body, key)
		passing := err != nil || status == 429 || (status >= 502 && status <= 504)
		if !passing || try == tries {
			return sent, err
		}
		time.Sleep(time.Duration(try) * 500 * time.Millisecond)
	}
}

func post(body []byte, key string) (status int, sent answer, err error) {
	request, err := http.NewRequest("POST", os.Getenv("QINGNIAO_API_URL")+"/v1/messages", bytes.NewReader(body))
	if err != nil {
		return 0, sent, err
	}
	request.Header.Set("content-type", "application/json")
	request.Header.Set("idempotency-key", key)
	request.Header.Set("authorization", "Bearer "+os.Getenv("QINGNIAO_API_KEY"))
	response, err := client.Do(request)
	if err != nil {
		return 0, sent, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return 0, sent, err
	}
	if json.Unmarshal(text, &sent) != nil {
		return response.StatusCode, sent, fmt.Errorf("%s: a proxy answered", response.Status)
	}
	return response.StatusCode, sent, nil
}

func main() {
	openid, order := os.Args[1], os.Args[2]
	sent, err := send(message{To: openid, TemplateID: "order-shipped", Data: map[string]string{
		"character_string1": order,
		"thing2":            "云南高山普洱茶饼",
		"thing3":            "顺丰速运",
		"character_string4": "SF1390026457812",
		"time5":             "2026年11月23日 15:01",
	}}, "order-"+order+"-shipped")
	switch {
	case err != nil:
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	case sent.Code == "no-grant":
		fmt.Println(sent.Code, sent.Remedy["zh"])
	case sent.Code != "":
		fmt.Fprintln(os.Stderr, sent.Code, sent.Detail)
		os.Exit(1)
	default:
		fmt.Println(sent.ID, sent.Status)
	}
}
