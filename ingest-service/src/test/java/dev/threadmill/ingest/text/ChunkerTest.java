package dev.threadmill.ingest.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ChunkerTest {
  private static final String SENTENCE = "The parcel with the blue ribbon has not arrived yet. ";

  private static List<String> cut(int size, String text) {
    return new Chunker(size, 30).cut(text).stream().map(Chunk::text).toList();
  }

  @Test
  void a_text_that_is_too_short_to_matter_gives_no_chunk() {
    assertThat(cut(1000, "")).isEmpty();
    assertThat(cut(1000, "  \n ")).isEmpty();
    assertThat(cut(1000, "x".repeat(29))).isEmpty();
    assertThat(cut(1000, "  " + "x".repeat(29) + "  ")).isEmpty();
    assertThat(cut(1000, "x".repeat(30))).containsExactly("x".repeat(30));
  }

  @Test
  void a_long_text_is_cut_after_sentences() {
    List<String> chunks = cut(200, SENTENCE.repeat(20).strip());

    assertThat(chunks).hasSizeGreaterThan(4).allMatch(chunk -> chunk.endsWith("yet."));
    assertThat(chunks).allMatch(chunk -> chunk.length() <= 200);
  }

  @Test
  void without_sentences_it_is_cut_between_words() {
    String words = "parcel ".repeat(300).strip();

    assertThat(cut(100, words)).allMatch(chunk -> chunk.matches("(parcel )*parcel"));
  }

  @Test
  void no_cut_tears_a_family_a_flag_or_a_letter_with_its_accents() {
    for (String whole : List.of("👨‍👩‍👧‍👦", "🇩🇪", "e\u0301\u0323", "क्षि", "👩🏽‍🚀")) {
      for (String chunk : cut(100, whole.repeat(200))) {
        assertThat(chunk.replace(whole, "")).as(whole).isEmpty();
      }
    }
  }

  @Test
  void one_grapheme_longer_than_a_chunk_is_cut_but_no_surrogate_pair_is() {
    String monster = "a" + "\u0301".repeat(500) + "👨" + "\u200d👩".repeat(300);

    assertThat(cut(100, monster))
        .allSatisfy(
            chunk -> {
              assertThat(Character.isLowSurrogate(chunk.charAt(0))).isFalse();
              assertThat(Character.isHighSurrogate(chunk.charAt(chunk.length() - 1))).isFalse();
            });
  }

  @Test
  void nothing_but_white_space_is_lost_whatever_the_text() {
    Random random = new Random(7);
    String alphabet = "ab .!?\n\té漢字 👨‍👩‍👧🇩🇪مرحبا-—,";
    for (int round = 0; round < 200; round++) {
      int[] points = alphabet.codePoints().toArray();
      String text =
          random
              .ints(random.nextInt(3000), 0, points.length)
              .mapToObj(i -> Character.toString(points[i]))
              .collect(Collectors.joining());
      List<String> chunks = cut(20 + random.nextInt(300), text);
      if (!chunks.isEmpty()) {
        assertThat(withoutSpace(String.join("", chunks))).isEqualTo(withoutSpace(text));
      }
    }
  }

  private static String withoutSpace(String text) {
    return text.replaceAll("\\s", "");
  }

  @Test
  void the_same_text_gives_the_same_chunks_hashes_and_tokens() {
    String text = (SENTENCE + "مرحبا 👨‍👩‍👧‍👦 ").repeat(2000);
    Tokens tokens = new Tokens();

    List<Chunk> first = new Chunker(1000, 30).cut(text);
    List<Chunk> second = new Chunker(1000, 30).cut(text);

    assertThat(first).hasSizeGreaterThan(100).isEqualTo(second);
    assertThat(first.stream().map(chunk -> tokens.count(chunk.text())).toList())
        .isEqualTo(second.stream().map(chunk -> tokens.count(chunk.text())).toList());
    assertThat(first.getFirst().hash()).matches("[0-9a-f]{64}");
  }

  @Test
  void a_text_of_150000_characters_without_any_boundary_is_cut_by_size() {
    assertThat(cut(1000, "x".repeat(150_000))).hasSize(150);
  }
}
