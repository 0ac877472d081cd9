package dev.threadmill.ingest.text;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A piece of a message's text.
 *
 * @param index from 0, in the order of the text
 * @param hash SHA-256 of the text in UTF-8, lower-case hex
 */
public record Chunk(int index, String text, String hash) {
  static Chunk of(int index, String text) {
    return new Chunk(index, text, sha256(text));
  }

  private static String sha256(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java has SHA-256", impossible);
    }
  }
}
