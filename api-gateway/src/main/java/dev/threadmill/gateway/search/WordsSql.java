package dev.threadmill.gateway.search;

/**
 * Which words are looked for in {@code rag_words}, as a statement says it. The terms of {@link
 * AskedWords} are its parameters {@code branches}, {@code terms} and {@code as_written}.
 */
final class WordsSql {
  /** As the words are written, and by the rules of all languages that stemmer_of (V082) knows. */
  private static final String RULES =
      "unnest('{simple,german,english,spanish,french,italian,dutch,portuguese,russian}'::regconfig[])"
          + " as rules";

  /** Quotes, "or" and minus as in web searches. */
  static final String ALL_AS_WRITTEN =
      asWritten("websearch_to_tsquery('simple', :query)") + "::tsquery";

  /**
   * All words, each as it is written or with a stem that it has in some language, but not all of
   * them as written. A word may be in the list of words that a language does not count, so it is
   * always looked for as written, too.
   */
  static final String ALL_IN_OTHER_FORMS =
      """
      (select string_agg('(' || wanted || ')', ' | ')::tsquery && !! %s from (
        select string_agg('(' || forms || ')', ' & ') as wanted
        from unnest(:branches::integer[], :terms::text[], :as_written::boolean[]) as asked (branch, term, as_written)
        cross join lateral (
          select string_agg(distinct case when as_written then %s else form::text end, ' | ') as forms
          from %s, websearch_to_tsquery(rules, term) as form
          where numnode(form) > 0 and (rules = 'simple'::regconfig or not as_written)) each_form
        group by branch) each_branch)\
      """
          .formatted(ALL_AS_WRITTEN, asWritten("form"), RULES);

  /**
   * Some of the telling words in any form: those with a digit, as they are written, or of four
   * letters and more, for there is no list of stop words that fits all languages.
   */
  static final String SOME =
      """
      (select coalesce(string_agg(distinct array_to_tsvector(array[form])::text, ' | '), '')::tsquery
       from unnest(to_tsvector('simple', :query)) as asked, %s,
         unnest(case when rules = 'simple'::regconfig then array[asked.lexeme]
           when asked.lexeme ~ '[0-9]' then '{}' else tsvector_to_array(to_tsvector(rules, asked.lexeme)) end) as form
       where length(asked.lexeme) >= 4 or asked.lexeme ~ '[0-9]')\
      """
          .formatted(RULES);

  /** Some of the numbers and codes: the words with a digit. */
  static final String SOME_CODES =
      """
      (select coalesce(string_agg(array_to_tsvector(array[lexeme])::text, ' | '), '')::tsquery
       from unnest(to_tsvector('simple', :query)) where lexeme ~ '[0-9]')\
      """;

  /** The forms of single words. */
  static final String FORMS_OF_WORDS =
      """
      (select string_agg(distinct array_to_tsvector(array[form])::text, ' | ')::tsquery
       from unnest(:asked::text[]) as word, %s, unnest(tsvector_to_array(to_tsvector(rules, word))) as form)\
      """
          .formatted(RULES);

  private WordsSql() {}

  /** The query in which each word has the label D, that of words as they are written (V082). */
  private static String asWritten(String query) {
    return "regexp_replace((%s)::text, '''((?:[^'']|'''')*)''', '''\\1'':D', 'g')".formatted(query);
  }
}
