package dev.threadmill.ingest.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.text.BreakIterator;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChunkerTest {
  private static final List<String> PIECES =
      List.of(
          "word",
          "Ende.",
          "¿Qué?",
          "да!",
          "注文",
          "مرحبا",
          "שלום",
          "👩‍👩‍👧‍👦",
          "🇺🇦",
          "e\u0301\u0302",
          "\u200d",
          "\n",
          "\n\n",
          " ",
          "  ",
          "\t",
          "https://example.com/a/very/long/path?with=query",
          "𝒳",
          "12,5",
          "ok.Next",
          "‏");

  @Test
  void a_text_that_fits_is_one_chunk_without_its_blank_ends() {
    assertThat(new Chunker(100, 5).cut("  Where is my order?\n"))
        .extracting(Chunk::text)
        .containsExactly("Where is my order?");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "   \n ", "four"})
  void what_is_blank_or_shorter_than_the_shortest_makes_no_chunk(String text) {
    assertThat(new Chunker(100, 5).cut(text)).isEmpty();
  }

  @Test
  void a_long_text_is_cut_after_a_sentence() {
    List<Chunk> chunks =
        new Chunker(40, 1).cut("The parcel came broken. I would like a refund. Thank you.");

    assertThat(chunks)
        .extracting(Chunk::text)
        .containsExactly("The parcel came broken.", "I would like a refund. Thank you.");
  }

  @Test
  void a_sentence_that_does_not_fit_is_cut_between_words() {
    assertThat(new Chunker(20, 1).cut("one two three four five six seven eight"))
        .extracting(Chunk::text)
        .containsExactly("one two three four", "five six seven eight")
        .allSatisfy(text -> assertThat(text).hasSizeLessThanOrEqualTo(20));
  }

  @Test
  void a_family_of_emoji_stays_together() {
    String family = "👩‍👩‍👧‍👦";

    assertThat(new Chunker(family.length() + 3, 1).cut("abcde" + family + "fghij"))
        .extracting(Chunk::text)
        .containsExactly("abcde", family + "fgh", "ij");
  }

  @Test
  void a_hundred_and_fifty_thousand_characters_without_a_space_are_cut_all_the_same() {
    List<Chunk> chunks = new Chunker(1000, 30).cut("x".repeat(150_000));

    assertThat(chunks).hasSize(150).allSatisfy(chunk -> assertThat(chunk.text()).hasSize(1000));
  }

  @Test
  void nothing_is_lost_torn_or_too_long_and_the_same_text_gives_the_same_chunks() {
    for (long seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      String text =
          random
              .ints(1 + random.nextInt(200), 0, PIECES.size())
              .mapToObj(PIECES::get)
              .collect(Collectors.joining(random.nextBoolean() ? " " : ""));
      int size = 2 + random.nextInt(120);

      List<Chunk> chunks = new Chunker(size, 1).cut(text);

      assertThat(new Chunker(size, 1).cut(text)).as("seed %d", seed).isEqualTo(chunks);
      assertThat(withoutSpace(chunks.stream().map(Chunk::text).collect(Collectors.joining())))
          .as("seed %d", seed)
          .isEqualTo(withoutSpace(text));
      for (int i = 0; i < chunks.size(); i++) {
        Chunk chunk = chunks.get(i);
        assertThat(chunk.index()).isEqualTo(i);
        assertThat(chunk.text().length()).as("seed %d", seed).isBetween(1, size);
        assertThat(Character.isLowSurrogate(chunk.text().charAt(0))).as("seed %d", seed).isFalse();
      }
      if (size > 40) {
        assertThat(graphemes(chunks)).as("seed %d", seed).isEqualTo(graphemes(text));
      }
    }
  }

  @Test
  void the_hash_is_that_of_the_chunks_own_text() {
    assertThat(new Chunker(100, 1).cut("abc").getFirst().hash())
        .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  }

  @Test
  void a_size_that_could_tear_a_surrogate_pair_is_refused() {
    assertThatThrownBy(() -> new Chunker(1, 1)).hasMessageContaining("surrogate pair");
  }

  private static String withoutSpace(String text) {
    return text.replaceAll("[\\s\\u200f]+", "");
  }

  private static List<String> graphemes(List<Chunk> chunks) {
    return chunks.stream().flatMap(chunk -> graphemes(chunk.text()).stream()).toList();
  }

  private static List<String> graphemes(String text) {
    BreakIterator characters = BreakIterator.getCharacterInstance(Locale.ROOT);
    characters.setText(text);
    List<String> found = new java.util.ArrayList<>();
    int start = 0;
    for (int end = characters.next(); end != BreakIterator.DONE; end = characters.next()) {
      String grapheme = text.substring(start, end);
      if (!grapheme.isBlank()) {
        found.add(grapheme.strip());
      }
      start = end;
    }
    return found;
  }
}
