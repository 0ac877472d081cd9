package dev.threadmill.gateway.idempotency;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * A key as its caller knows it, for one path. What is stored is found by a hash of it and encrypted
 * with another, so the database alone tells nothing: an answer may hold a token that is shown once.
 *
 * @param token the caller's, whose 256 random bits make both hashes unguessable
 * @param path with the method
 */
record CallersKey(String token, String path, String key) {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;

  byte[] hash() {
    return sha256("found by");
  }

  byte[] encrypt(byte[] answer) {
    byte[] nonce = new byte[NONCE_BYTES];
    RANDOM.nextBytes(nonce);
    try {
      byte[] encrypted = cipher(Cipher.ENCRYPT_MODE, nonce).doFinal(answer);
      byte[] all = Arrays.copyOf(nonce, NONCE_BYTES + encrypted.length);
      System.arraycopy(encrypted, 0, all, NONCE_BYTES, encrypted.length);
      return all;
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** Empty when it was changed since. */
  Optional<byte[]> decrypt(byte[] stored) {
    try {
      byte[] nonce = Arrays.copyOf(stored, NONCE_BYTES);
      return Optional.of(
          cipher(Cipher.DECRYPT_MODE, nonce)
              .doFinal(stored, NONCE_BYTES, stored.length - NONCE_BYTES));
    } catch (GeneralSecurityException | IllegalArgumentException changed) {
      return Optional.empty();
    }
  }

  private Cipher cipher(int mode, byte[] nonce) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(
        mode,
        new SecretKeySpec(sha256("encrypted with"), "AES"),
        new GCMParameterSpec(TAG_BITS, nonce));
    return cipher;
  }

  private byte[] sha256(String purpose) {
    return Digest.of(purpose, token, path, key);
  }

  @Override
  public String toString() {
    return "a key for " + path;
  }

  /** SHA-256 over several parts, each with its length, so that no two lists of parts are alike. */
  static final class Digest {
    private Digest() {}

    static byte[] of(String... parts) {
      try {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        for (String part : parts) {
          add(digest, part.getBytes(StandardCharsets.UTF_8));
        }
        return digest.digest();
      } catch (GeneralSecurityException impossible) {
        throw new IllegalStateException(impossible);
      }
    }

    private static void add(MessageDigest digest, byte[] bytes) {
      digest.update((bytes.length + ":").getBytes(StandardCharsets.US_ASCII));
      digest.update(bytes);
    }
  }
}
