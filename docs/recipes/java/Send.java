import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Set;
import java.util.regex.Pattern;

/** 订单发货后通知用户：java Send.java OPENID 订单号。JDK 17 起，不需要依赖。Tells a user that an order has left. */
public class Send {
    static final HttpClient CLIENT = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
    static final Set<Integer> PASSING = Set.of(429, 502, 503, 504);
    static final int TRIES = 3;

    /** 发送一条消息。没有应答或服务暂时繁忙时重试；幂等键不变，所以只会发出一条。 */
    static HttpResponse<String> send(String message, String key) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create(System.getenv("QINGNIAO_API_URL") + "/v1/messages"))
            .timeout(Duration.ofSeconds(10))
            .header("content-type", "application/json")
            .header("idempotency-key", key)
            .header("authorization", "Bearer " + System.getenv("QINGNIAO_API_KEY"))
            .POST(HttpRequest.BodyPublishers.ofString(message))
            .build();
        for (int attempt = 1; ; attempt++) {
            try {
                var answer = CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
                if (!PASSING.contains(answer.statusCode()) || attempt == TRIES) return answer;
            } catch (IOException failure) {
                if (attempt == TRIES) throw failure;
            }
            Thread.sleep(500L * attempt);
        }
    }

    public static void main(String[] args) throws Exception {
        String openid = args[0], order = args[1];
        var answer = send("""
            {"to": %s, "templateId": "order-shipped", "data": {
              "character_string1": %s,
              "thing2": "云南高山普洱茶饼",
              "thing3": "顺丰速运",
              "character_string4": "SF1390026457812",
              "time5": "2026年11月23日 15:01"
            }}""".formatted(quoted(openid), quoted(order)), "order-" + order + "-shipped");
        if (answer.statusCode() == 200 || answer.statusCode() == 202) {
            System.out.println(member("id", answer) + " " + member("status", answer));
        } else if (member("code", answer).equals("no-grant")) {
            System.out.println("no-grant " + member("zh", answer));
        } else {
            System.err.println(answer.statusCode() + " " + member("code", answer) + " " + member("detail", answer));
            System.exit(1);
        }
    }

    /** JSON 字符串。项目里请改用 Jackson 或 fastjson。In a project, a JSON library does this and the next. */
    static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    static String member(String name, HttpResponse<String> answer) {
        var found = Pattern.compile('"' + name + "\": *\"((?:[^\"\\\\]|\\\\.)*)\"").matcher(answer.body());
        return found.find() ? found.group(1) : "";
    }
}
