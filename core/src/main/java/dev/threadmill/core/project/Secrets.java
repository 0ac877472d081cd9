package dev.threadmill.core.project;

import dev.threadmill.core.settings.InvalidSettingException;
import dev.threadmill.core.settings.Settings;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.UUID;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Encrypts what a source's row must keep secret, with AES-256-GCM under the key of {@code
 * THREADMILL_SECRET_KEY}. A ciphertext belongs to its row: copied to another it can't be read.
 */
public final class Secrets {
  /** 32 bytes in Base64. */
  public static final String VARIABLE = "THREADMILL_SECRET_KEY";

  private static final byte VERSION = 1;
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;

  private final SecureRandom random = new SecureRandom();
  private final @Nullable SecretKeySpec key;

  private Secrets(@Nullable SecretKeySpec key) {
    this.key = key;
  }

  /**
   * Without the variable nothing can be encrypted or read.
   *
   * @throws InvalidSettingException when it is set to anything but 32 bytes in Base64
   */
  public static Secrets of(Settings settings) {
    return settings.text(VARIABLE).map(Secrets::withKey).orElseGet(() -> new Secrets(null));
  }

  private static Secrets withKey(String base64) {
    byte[] bytes;
    try {
      bytes = Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException notBase64) {
      bytes = new byte[0];
    }
    if (bytes.length != 32) {
      throw new InvalidSettingException(
          VARIABLE, "is not 32 random bytes in Base64; make some with: openssl rand -base64 32");
    }
    return new Secrets(new SecretKeySpec(bytes, "AES"));
  }

  public boolean available() {
    return key != null;
  }

  /**
   * @param row the id of the row that will hold it
   */
  public byte[] encrypt(String secret, UUID row) {
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    byte[] sealed = run(Cipher.ENCRYPT_MODE, nonce, row, secret.getBytes(StandardCharsets.UTF_8));
    return ByteBuffer.allocate(1 + NONCE_BYTES + sealed.length)
        .put(VERSION)
        .put(nonce)
        .put(sealed)
        .array();
  }

  /**
   * @throws IllegalStateException when there is no key, or it is not the one that encrypted this
   */
  public String decrypt(byte[] encrypted, UUID row) {
    if (encrypted.length <= 1 + NONCE_BYTES || encrypted[0] != VERSION) {
      throw new IllegalStateException("a secret of source " + row + " has an unknown form");
    }
    byte[] nonce = Arrays.copyOfRange(encrypted, 1, 1 + NONCE_BYTES);
    byte[] sealed = Arrays.copyOfRange(encrypted, 1 + NONCE_BYTES, encrypted.length);
    return new String(run(Cipher.DECRYPT_MODE, nonce, row, sealed), StandardCharsets.UTF_8);
  }

  private byte[] run(int mode, byte[] nonce, UUID row, byte[] input) {
    if (key == null) {
      throw new IllegalStateException("a source has a secret, but " + VARIABLE + " is not set");
    }
    try {
      Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
      cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
      cipher.updateAAD(row.toString().getBytes(StandardCharsets.US_ASCII));
      return cipher.doFinal(input);
    } catch (GeneralSecurityException wrongKey) {
      throw new IllegalStateException(
          "a secret of source %s can't be read: %s is not the key that encrypted it"
              .formatted(row, VARIABLE),
          wrongKey);
    }
  }
}
