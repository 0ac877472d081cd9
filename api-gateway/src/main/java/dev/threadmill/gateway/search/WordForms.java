package dev.threadmill.gateway.search;

import dev.threadmill.core.database.Columns;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * Finds in texts the words that are other forms of those asked for, by the rules that find the
 * texts, and tells which of those asked for say nothing in a text's language.
 */
@Repository
class WordForms {
  private final JdbcClient jdbc;

  WordForms(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** A word of a text in a language; both lower case. */
  private record Word(@Nullable String language, String word) {}

  /**
   * What is known of a language's words; all lower case.
   *
   * @param others other forms of the words asked for
   * @param fillers those asked for that the language's rules leave out, such as "the"
   */
  record Known(Set<String> others, Set<String> fillers) {
    static Known nothing() {
      return new Known(new HashSet<>(), new HashSet<>());
    }
  }

  /** By the languages of the texts that hold such words; null: those without one. */
  Map<@Nullable String, Known> in(Collection<ChunkHit> hits, AskedWords asked) {
    List<String> words = asked.words();
    // Rules take endings away. A word that begins otherwise is none of its forms, and most do.
    Set<Integer> beginnings = words.stream().map(WordForms::beginning).collect(Collectors.toSet());
    Set<Word> candidates = new HashSet<>();
    for (ChunkHit hit : hits) {
      AskedWords.words(hit.text())
          .filter(word -> beginnings.contains(beginning(word)))
          .forEach(word -> candidates.add(new Word(hit.language(), word.toLowerCase(Locale.ROOT))));
    }
    Map<@Nullable String, Known> known = new HashMap<>();
    if (candidates.isEmpty()) {
      return known;
    }
    List<Word> said = new ArrayList<>(candidates);
    jdbc.sql(
            """
            with asked as materialized (select %s as forms)
            select said.language, said.word, false as filler
            from asked, unnest(:languages::text[], :words::text[]) as said (language, word)
            where words_of(said.word, said.language) @@ asked.forms
            union all
            select spoken.language, lower(word), true
            from (select distinct unnest(:languages::text[]) as language) spoken, unnest(:asked::text[]) as word
            where to_tsvector(stemmer_of(spoken.language), word) = ''::tsvector
            """
                .formatted(WordsSql.FORMS_OF_WORDS))
        .param("asked", Columns.texts(words))
        .param("languages", Columns.textsOrNulls(said, Word::language))
        .param("words", Columns.texts(said.stream().map(Word::word).toList()))
        .query(
            row -> {
              Known of =
                  known.computeIfAbsent(row.getString("language"), language -> Known.nothing());
              (row.getBoolean("filler") ? of.fillers() : of.others()).add(row.getString("word"));
            });
    return known;
  }

  /** The first letter in lower case, without its accents, which some rules take away. */
  private static int beginning(String word) {
    String first = word.substring(0, word.offsetByCodePoints(0, 1));
    return Normalizer.normalize(first.toLowerCase(Locale.ROOT), Normalizer.Form.NFD).codePointAt(0);
  }
}
