package dev.threadmill.core.project;

import dev.threadmill.core.settings.InvalidSettingException;
import dev.threadmill.core.settings.Settings;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Encrypts what a source's row must keep secret, with AES-256-GCM under the keys of {@code
 * THREADMILL_SECRET_KEY}: the first one encrypts, all of them decrypt, so that a new key can be put
 * before an old one. A ciphertext belongs to its row and column: copied to another it can't be
 * read.
 */
public final class Secrets {
  /** 32 bytes in Base64; several with commas between them. */
  public static final String VARIABLE = "THREADMILL_SECRET_KEY";

  /** What is sealed names its row and column. */
  private static final byte VERSION = 2;

  /** What is sealed names its row only; webhook secrets alone are as old as that. */
  private static final byte OF_ROW = 1;

  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;

  /** The columns of {@code project_sources} that are encrypted. Their names are sealed in. */
  public enum Column {
    CREDENTIALS,
    WEBHOOK_SECRET
  }

  private final SecureRandom random = new SecureRandom();
  private final List<SecretKeySpec> keys;

  private Secrets(List<SecretKeySpec> keys) {
    this.keys = keys;
  }

  /**
   * Without the variable nothing can be encrypted or read.
   *
   * @throws InvalidSettingException when it is set to anything but keys of 32 bytes in Base64
   */
  public static Secrets of(Settings settings) {
    return new Secrets(
        settings.text(VARIABLE).stream()
            .flatMap(keys -> Arrays.stream(keys.split(",", -1)))
            .map(key -> key(key.trim()))
            .toList());
  }

  private static SecretKeySpec key(String base64) {
    byte[] bytes;
    try {
      bytes = Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException notBase64) {
      bytes = new byte[0];
    }
    if (bytes.length != 32) {
      throw new InvalidSettingException(
          VARIABLE,
          "is not 32 random bytes in Base64, nor several of these with commas between; make some with: openssl rand -base64 32");
    }
    return new SecretKeySpec(bytes, "AES");
  }

  public boolean available() {
    return !keys.isEmpty();
  }

  /**
   * @param row the id of the row that will hold it
   */
  public byte[] encrypt(String secret, UUID row, Column column) {
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    byte[] sealed;
    try {
      sealed =
          run(
              Cipher.ENCRYPT_MODE,
              keys().getFirst(),
              nonce,
              place(VERSION, row, column),
              secret.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException("every Java has AES-GCM", impossible);
    }
    return ByteBuffer.allocate(1 + NONCE_BYTES + sealed.length)
        .put(VERSION)
        .put(nonce)
        .put(sealed)
        .array();
  }

  /**
   * @throws UnreadableSecretException when there is no key, or none that encrypted this
   */
  public String decrypt(byte[] encrypted, UUID row, Column column) {
    for (SecretKeySpec key : keys()) {
      Optional<String> secret = decrypt(key, encrypted, row, column);
      if (secret.isPresent()) {
        return secret.get();
      }
    }
    throw new UnreadableSecretException(
        "a secret of source %s can't be read: %s holds no key that encrypted it"
            .formatted(row, VARIABLE));
  }

  /** Whether it was encrypted with the key that encrypts now, and in the way of now. */
  boolean isCurrent(byte[] encrypted, UUID row, Column column) {
    SecretKeySpec first = keys().getFirst();
    return encrypted.length > 0
        && encrypted[0] == VERSION
        && decrypt(first, encrypted, row, column).isPresent();
  }

  private List<SecretKeySpec> keys() {
    if (keys.isEmpty()) {
      throw new UnreadableSecretException(
          "there is no key for the secrets of sources: " + VARIABLE + " is not set");
    }
    return keys;
  }

  private static Optional<String> decrypt(
      SecretKeySpec key, byte[] encrypted, UUID row, Column column) {
    if (encrypted.length <= 1 + NONCE_BYTES || !isKnown(encrypted[0], column)) {
      return Optional.empty();
    }
    byte[] nonce = Arrays.copyOfRange(encrypted, 1, 1 + NONCE_BYTES);
    byte[] sealed = Arrays.copyOfRange(encrypted, 1 + NONCE_BYTES, encrypted.length);
    try {
      return Optional.of(
          new String(
              run(Cipher.DECRYPT_MODE, key, nonce, place(encrypted[0], row, column), sealed),
              StandardCharsets.UTF_8));
    } catch (GeneralSecurityException anotherKey) {
      return Optional.empty();
    }
  }

  private static boolean isKnown(byte version, Column column) {
    return version == VERSION || (version == OF_ROW && column == Column.WEBHOOK_SECRET);
  }

  private static byte[] place(byte version, UUID row, Column column) {
    String place = version == OF_ROW ? row.toString() : version + " " + row + " " + column;
    return place.getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] run(int mode, SecretKeySpec key, byte[] nonce, byte[] place, byte[] input)
      throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
    cipher.updateAAD(place);
    return cipher.doFinal(input);
  }
}
