package dev.threadmill.gateway.dashboard;

import java.io.IOException;
import java.net.CookieManager;
import java.net.HttpCookie;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Somebody with a browser: keeps cookies, follows redirects, and sends forms with their proof. */
public final class Browser {
  private static final Pattern PROOF =
      Pattern.compile("name=\"_csrf\"[^>]*value=\"([^\"]+)\"|name=\"_csrf\" value=\"([^\"]+)\"");

  private final int port;
  private final CookieManager cookies = new CookieManager();
  private final HttpClient http =
      HttpClient.newBuilder()
          .cookieHandler(cookies)
          .followRedirects(HttpClient.Redirect.NORMAL)
          .build();
  private String proof = "";

  public Browser(int port) {
    this.port = port;
  }

  public HttpResponse<String> get(String path) {
    return remember(send(request(path).GET()));
  }

  /** A part of a page, as a script asks for it. */
  HttpResponse<String> part(String path) {
    return send(request(path).header("HX-Request", "true").GET());
  }

  /** Sends a form of the page that was loaded last. */
  HttpResponse<String> post(String path, Map<String, String> fields) {
    String all =
        fields.entrySet().stream()
            .map(
                field ->
                    field.getKey()
                        + "="
                        + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
            .collect(Collectors.joining("&"));
    return remember(
        send(
            request(path)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(all))));
  }

  public HttpResponse<String> submit(String path, Map<String, String> fields) {
    var all = new java.util.TreeMap<>(fields);
    all.put("_csrf", proof);
    return post(path, all);
  }

  public HttpResponse<String> signIn(String token) {
    get("/ui/login");
    return submit("/ui/login", Map.of("token", token));
  }

  HttpCookie cookie(String name) {
    return cookies.getCookieStore().getCookies().stream()
        .filter(cookie -> cookie.getName().equals(name))
        .findFirst()
        .orElse(null);
  }

  private HttpResponse<String> remember(HttpResponse<String> answer) {
    var found = PROOF.matcher(answer.body());
    if (found.find()) {
      proof = found.group(1) == null ? found.group(2) : found.group(1);
    }
    return answer;
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
        .timeout(Duration.ofSeconds(30));
  }

  private HttpResponse<String> send(HttpRequest.Builder request) {
    try {
      return http.send(request.build(), BodyHandlers.ofString());
    } catch (IOException failed) {
      throw new IllegalStateException(failed);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(stopped);
    }
  }
}
