package dev.threadmill.e2e;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The names in a PromQL expression: which metrics it selects, by which labels, and by which labels
 * it groups. It does not tell whether the expression is right otherwise; Prometheus does that where
 * it is installed.
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

  /** A metric and the labels that its samples are chosen by. */
  record Selector(String metric, Set<String> labels) {}

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
    Set<String> labels = new TreeSet<>();
    if (next().equals("{")) {
      at++;
      List<String> inside = until("}");
      for (int i = 0; i < inside.size(); i++) {
        boolean first = i == 0 || inside.get(i - 1).equals(",");
        if (first && isName(inside.get(i))) {
          labels.add(inside.get(i));
        }
      }
    }
    selectors.add(new Selector(metric, labels));
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
