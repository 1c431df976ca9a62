<?php
// 订单发货后通知用户：php send.php OPENID 订单号。PHP 7.4 起，不需要扩展和 Composer。Tells a user that an order has left.
declare(strict_types=1);

/** 发送一条消息，返回状态码和应答。没有应答或服务暂时繁忙时重试；幂等键不变，所以只会发出一条。 */
function qingniao_send(array $message, string $key): array
{
    $request = stream_context_create(['http' => [
        'method' => 'POST',
        'header' => ['content-type: application/json', "idempotency-key: $key", 'authorization: Bearer ' . getenv('QINGNIAO_API_KEY')],
        'content' => json_encode($message, JSON_UNESCAPED_UNICODE | JSON_THROW_ON_ERROR),
        'timeout' => 10,
        'ignore_errors' => true,
    ]]);
    for ($try = 1; ; $try++) {
        $http_response_header = [];
        $body = @file_get_contents(getenv('QINGNIAO_API_URL') . '/v1/messages', false, $request);
        $status = (int) (explode(' ', $http_response_header[0] ?? '')[1] ?? 0);
        if ($try === 3 || !in_array($status, [0, 429, 502, 503, 504], true)) {
            return [$status, json_decode((string) $body, true)];
        }
        usleep(500000 * $try);
    }
}

[, $openid, $order] = $argv;
[$status, $answer] = qingniao_send([
    'to' => $openid,
    'templateId' => 'order-shipped',
    'data' => [
        'character_string1' => $order,
        'thing2' => '云南高山普洱茶饼',
        'thing3' => '顺丰速运',
        'character_string4' => 'SF1390026457812',
        'time5' => '2026年11月23日 15:01',
    ],
], "order-$order-shipped");

if ($status === 200 || $status === 202) {
    echo "{$answer['id']} {$answer['status']}\n";
} elseif (($answer['code'] ?? '') === 'no-grant') {
    echo "no-grant {$answer['remedy']['zh']}\n";
} else {
    fwrite(STDERR, "$status " . ($answer['code'] ?? 'no-answer') . ' ' . ($answer['remedy']['zh'] ?? '') . "\n");
    exit(1);
}
