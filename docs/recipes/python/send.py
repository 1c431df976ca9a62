"""订单发货后通知用户：python3 send.py OPENID 订单号。只用标准库。Tells a user that an order has left."""
import http.client
import json
import os
import sys
import time
import urllib.error
import urllib.request

PASSING = {429, 502, 503, 504}
TRIES = 3


class Problem(Exception):
    """接口的拒绝：按 code 判断，remedy 说明如何处理。What the service refused: branch on `code`."""

    def __init__(self, status, answer):
        super().__init__(f"{status} {answer.get('code')}: {answer.get('detail')}")
        self.code = answer.get("code")
        self.remedy = answer.get("remedy", {"en": "", "zh": ""})


def send(message, key):
    """发送一条消息。没有应答或服务暂时繁忙时重试；幂等键不变，所以只会发出一条。"""
    request = urllib.request.Request(
        os.environ["QINGNIAO_API_URL"] + "/v1/messages",
        json.dumps(message).encode(),
        {
            "content-type": "application/json",
            "idempotency-key": key,
            "authorization": "Bearer " + os.environ["QINGNIAO_API_KEY"],
        },
    )
    for attempt in range(1, TRIES + 1):
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            if error.code not in PASSING or attempt == TRIES:
                raise Problem(error.code, problem_in(error.read())) from None
        except (OSError, http.client.HTTPException, ValueError):
            if attempt == TRIES:
                raise
        time.sleep(0.5 * attempt)


def problem_in(body):
    try:
        return json.loads(body)
    except ValueError:
        return {"code": "foreign-answer", "detail": "A proxy answered."}


def main(openid, order):
    message = {
        "to": openid,
        "templateId": "order-shipped",
        "data": {
            "character_string1": order,
            "thing2": "云南高山普洱茶饼",
            "thing3": "顺丰速运",
            "character_string4": "SF1390026457812",
            "time5": "2026年11月23日 15:01",
        },
    }
    try:
        sent = send(message, f"order-{order}-shipped")
        print(sent["id"], sent["status"])
    except Problem as problem:
        if problem.code != "no-grant":
            raise
        print(problem.code, problem.remedy["zh"])


if __name__ == "__main__":
    main(*sys.argv[1:3])
