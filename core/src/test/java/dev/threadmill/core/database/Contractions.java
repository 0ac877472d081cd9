package dev.threadmill.core.database;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Statements of a migration that services of the version before, which still run, may not be able
 * to live with. It looks for words and knows no SQL: what it finds without need is explained in a
 * comment like the rest.
 */
final class Contractions {
  private static final Pattern STATEMENT = pattern("[^;\\s][^;]*");
  private static final Pattern COMMENT = pattern("--[^\\n]*");

  /** A block after {@code do} runs at once. */
  private static final Pattern BODY = pattern("(\\bdo\\s+)?\\$(\\w*)\\$.*?\\$\\2\\$");

  private static final Pattern EXPLAINED = pattern("-- contract: \\S[^\\n]*\\n(?:--[^\\n]*\\n)*$");

  private static final List<Pattern> TAKEN_AWAY =
      List.of(
          pattern(
              "\\bdrop\\s+(?:table|column|function|(?:materialized\\s+)?view|type|index|constraint)\\b"),
          pattern("\\brename\\b"),
          pattern("\\balter\\s+column\\s+\\w+\\s+(?:set\\s+data\\s+)?type\\b"),
          pattern("\\bset\\s+not\\s+null\\b"),
          pattern("(?:^|\\bbegin\\s+)truncate\\b"),
          // Commas separate the actions of an alter table; a default within parentheses is rare.
          pattern(
              "\\badd\\s+column\\s+(?![^,]*\\b(?:default|generated)\\b)[^,]*\\bnot\\s+null\\b"));

  private Contractions() {}

  /** Without those that have a comment {@code -- contract: why} right above. */
  static List<String> in(String migration) {
    String sql =
        BODY.matcher(migration)
            .replaceAll(
                body ->
                    Matcher.quoteReplacement(
                        body.group(1) == null ? " ".repeat(body.group().length()) : body.group()));
    String code = COMMENT.matcher(sql).replaceAll(found -> " ".repeat(found.group().length()));
    List<String> found = new ArrayList<>();
    Matcher statement = STATEMENT.matcher(code);
    while (statement.find()) {
      boolean takesAway =
          TAKEN_AWAY.stream().anyMatch(words -> words.matcher(statement.group()).find());
      if (takesAway && !EXPLAINED.matcher(sql.substring(0, statement.start())).find()) {
        found.add(statement.group().strip());
      }
    }
    return found;
  }

  private static Pattern pattern(String regex) {
    return Pattern.compile(regex, Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
  }
}
