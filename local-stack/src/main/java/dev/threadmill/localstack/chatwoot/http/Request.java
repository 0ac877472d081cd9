package dev.threadmill.localstack.chatwoot.http;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A request as the routes see it.
 *
 * @param path its parts, without empty ones
 * @param query every name with all its values
 * @param token what the access header held
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Request(
    String method,
    String rawPath,
    List<String> path,
    Map<String, List<String>> query,
    @Nullable String token,
    byte[] body) {

  public static Request of(
      String method,
      String rawPath,
      @Nullable String rawQuery,
      @Nullable String token,
      byte[] body) {
    List<String> path =
        Arrays.stream(rawPath.split("/", -1)).filter(part -> !part.isEmpty()).toList();
    return new Request(method, rawPath, path, query(rawQuery), token, body);
  }

  private static Map<String, List<String>> query(@Nullable String raw) {
    Map<String, List<String>> query = new LinkedHashMap<>();
    if (raw != null) {
      for (String pair : raw.split("&", -1)) {
        int equals = pair.indexOf('=');
        String name = decoded(equals < 0 ? pair : pair.substring(0, equals));
        String value = equals < 0 ? "" : decoded(pair.substring(equals + 1));
        query.computeIfAbsent(name, n -> new ArrayList<>()).add(value);
      }
    }
    return query;
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }

  /** The last value of a parameter, null when it is absent or blank. */
  public @Nullable String param(String name) {
    List<String> values = query.get(name);
    if (values == null || values.getLast().isBlank()) {
      return null;
    }
    return values.getLast();
  }

  /** All values of {@code name} and {@code name[]}. */
  public List<String> params(String name) {
    List<String> values = new ArrayList<>(query.getOrDefault(name + "[]", List.of()));
    values.addAll(query.getOrDefault(name, List.of()));
    return values;
  }

  /** As Ruby's to_i reads it: leading digits, 0 for anything else. */
  public static long number(@Nullable String text) {
    if (text == null) {
      return 0;
    }
    String trimmed = text.strip();
    int end = trimmed.startsWith("-") ? 1 : 0;
    while (end < trimmed.length() && Character.digit(trimmed.charAt(end), 10) >= 0) {
      end++;
    }
    try {
      return Long.parseLong(trimmed.substring(0, end));
    } catch (NumberFormatException none) {
      return 0;
    }
  }

  public JsonNode json() {
    return Json.read(body);
  }

  /** The path with numbers replaced, for counting: {@code GET /conversations/:id/messages}. */
  public String route() {
    int skip = path.size() > 3 && path.get(0).equals("api") ? 4 : 0;
    StringBuilder route = new StringBuilder(method).append(' ');
    if (path.size() <= skip) {
      return route.append(rawPath).toString();
    }
    for (String part : path.subList(skip, path.size())) {
      boolean number = part.chars().allMatch(c -> c >= '0' && c <= '9');
      route.append('/').append(number ? ":id" : part);
    }
    return route.toString();
  }
}
