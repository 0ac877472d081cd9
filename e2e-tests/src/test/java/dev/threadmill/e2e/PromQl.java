package dev.threadmill.e2e;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The names in a PromQL expression: which metrics it selects, by which labels and values, and by
 * which labels it groups. It does not tell whether the expression is right otherwise; Prometheus
 * does that where it is installed.
 */
final class PromQl {
  private static final Pattern TOKEN =
      Pattern.compile(
          "\"(?:[^\"\\\\]|\\\\.)*\"|[a-zA-Z_:][a-zA-Z0-9_:]*|[0-9][0-9a-zA-Z.]*|[^\\s]");
  private static final Set<String> GROUPING =
      Set.of("by", "without", "on", "ignoring", "group_left", "group_right");
  private static final Set<String> WORDS =
      Set.of("and", "or", "unless", "bool", "offset", "inf", "nan");
  private static final Set<String> AGGREGATIONS =
      Set.of("sum", "min", "max", "avg", "count", "topk", "bottomk", "quantile", "group");

  private final List<String> tokens;
  private final List<Selector> selectors = new ArrayList<>();
  private final Set<String> grouped = new TreeSet<>();
  private int at;

  private PromQl(String expression) {
    tokens = TOKEN.matcher(expression).results().map(java.util.regex.MatchResult::group).toList();
  }

  /**
   * A metric and what its samples are chosen by.
   *
   * @param values of each label, those that are written out: {@code a="b"}, {@code a=~"b|c"}; empty
   *     where they are matched by anything else
   */
  record Selector(String metric, Map<String, Set<String>> values) {
    Set<String> labels() {
      return values.keySet();
    }
  }

  record Names(List<Selector> selectors, Set<String> grouped) {}

  static Names of(String expression) {
    var read = new PromQl(expression);
    read.all();
    return new Names(List.copyOf(read.selectors), read.grouped);
  }

  private void all() {
    while (at < tokens.size()) {
      String token = tokens.get(at++);
      if (token.equals("[")) {
        until("]");
      } else if (GROUPING.contains(token)) {
        if (next().equals("(")) {
          at++;
          grouped.addAll(names(until(")")));
        }
      } else if (isName(token)
          && !WORDS.contains(token)
          && !AGGREGATIONS.contains(token)
          && !next().equals("(")) {
        selector(token);
      }
    }
  }

  private void selector(String metric) {
    Map<String, Set<String>> labels = new TreeMap<>();
    if (next().equals("{")) {
      at++;
      List<String> inside = until("}");
      for (int i = 0; i < inside.size(); i++) {
        boolean first = i == 0 || inside.get(i - 1).equals(",");
        if (first && isName(inside.get(i))) {
          labels.put(inside.get(i), values(inside.subList(i + 1, inside.size())));
        }
      }
    }
    selectors.add(new Selector(metric, labels));
  }

  /**
   * @param rest the matcher behind a label's name: one or two signs, then the text
   */
  private static Set<String> values(List<String> rest) {
    boolean pattern = rest.indexOf("~") == 1;
    String quoted = rest.get(pattern || rest.getFirst().equals("!") ? 2 : 1);
    String text = quoted.substring(1, quoted.length() - 1);
    if (pattern) {
      return text.matches("[\\w-]+(\\|[\\w-]+)*") ? Set.of(text.split("\\|")) : Set.of();
    }
    return text.isEmpty() ? Set.of() : Set.of(text);
  }

  private List<String> until(String end) {
    int from = at;
    while (at < tokens.size() && !tokens.get(at).equals(end)) {
      at++;
    }
    return tokens.subList(from, Math.min(tokens.size(), at++));
  }

  private static List<String> names(List<String> tokens) {
    return tokens.stream().filter(PromQl::isName).toList();
  }

  private String next() {
    return at < tokens.size() ? tokens.get(at) : "";
  }

  private static boolean isName(String token) {
    Matcher first = Pattern.compile("[a-zA-Z_:]").matcher(token);
    return first.lookingAt();
  }
}
