package dev.threadmill.core.project;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.threadmill.core.project.Secrets.Column;
import dev.threadmill.core.settings.InvalidSettingException;
import dev.threadmill.core.settings.Settings;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.UUID;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.mock.env.MockEnvironment;

class SecretsTest {
  private static final UUID ROW = UUID.randomUUID();
  private static final Column COLUMN = Column.CREDENTIALS;

  private static Secrets secrets(String key) {
    return Secrets.of(new Settings(new MockEnvironment().withProperty(Secrets.VARIABLE, key)));
  }

  private static String key(int filler) {
    byte[] bytes = new byte[32];
    bytes[0] = (byte) filler;
    return Base64.getEncoder().encodeToString(bytes);
  }

  @Test
  void a_secret_comes_back_as_it_was_and_never_looks_the_same_twice() {
    Secrets secrets = secrets(key(1));

    byte[] once = secrets.encrypt("geheim 🔑", ROW, COLUMN);
    byte[] twice = secrets.encrypt("geheim 🔑", ROW, COLUMN);

    assertThat(secrets.decrypt(once, ROW, COLUMN)).isEqualTo("geheim 🔑");
    assertThat(once).isNotEqualTo(twice);
    assertThat(new String(once, StandardCharsets.UTF_8)).doesNotContain("geheim");
  }

  @Test
  void another_key_another_row_or_a_changed_byte_can_not_read_it() {
    byte[] encrypted = secrets(key(1)).encrypt("secret", ROW, COLUMN);
    byte[] changed = encrypted.clone();
    changed[changed.length - 1] ^= 1;

    assertThatThrownBy(() -> secrets(key(2)).decrypt(encrypted, ROW, COLUMN))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(Secrets.VARIABLE);
    assertThatThrownBy(() -> secrets(key(1)).decrypt(encrypted, UUID.randomUUID(), COLUMN))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> secrets(key(1)).decrypt(changed, ROW, COLUMN))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> secrets(key(1)).decrypt(new byte[] {9, 9}, ROW, COLUMN))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void another_column_can_not_read_it() {
    byte[] token = secrets(key(1)).encrypt("secret", ROW, Column.CREDENTIALS);
    byte[] webhook = secrets(key(1)).encrypt("secret", ROW, Column.WEBHOOK_SECRET);

    assertThatThrownBy(() -> secrets(key(1)).decrypt(token, ROW, Column.WEBHOOK_SECRET))
        .isInstanceOf(UnreadableSecretException.class);
    assertThatThrownBy(() -> secrets(key(1)).decrypt(webhook, ROW, Column.CREDENTIALS))
        .isInstanceOf(UnreadableSecretException.class);
  }

  @Test
  void a_webhook_secret_that_names_its_row_only_is_read_and_is_to_be_rewritten() throws Exception {
    byte[] nonce = new byte[12];
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(
        Cipher.ENCRYPT_MODE,
        new SecretKeySpec(Base64.getDecoder().decode(key(1)), "AES"),
        new GCMParameterSpec(128, nonce));
    cipher.updateAAD(ROW.toString().getBytes(StandardCharsets.US_ASCII));
    byte[] sealed = cipher.doFinal("secret".getBytes(StandardCharsets.UTF_8));
    byte[] old =
        ByteBuffer.allocate(13 + sealed.length).put((byte) 1).put(nonce).put(sealed).array();

    assertThat(secrets(key(1)).decrypt(old, ROW, Column.WEBHOOK_SECRET)).isEqualTo("secret");
    assertThat(secrets(key(1)).isCurrent(old, ROW, Column.WEBHOOK_SECRET)).isFalse();
    assertThatThrownBy(() -> secrets(key(1)).decrypt(old, ROW, Column.CREDENTIALS))
        .isInstanceOf(UnreadableSecretException.class);
  }

  @Test
  void a_new_key_in_front_encrypts_while_the_old_one_still_reads() {
    byte[] old = secrets(key(1)).encrypt("secret", ROW, COLUMN);
    Secrets both = secrets(key(2) + " , " + key(1));

    byte[] anew = both.encrypt("secret", ROW, COLUMN);

    assertThat(both.decrypt(old, ROW, COLUMN)).isEqualTo("secret");
    assertThat(both.isCurrent(old, ROW, COLUMN)).isFalse();
    assertThat(both.isCurrent(anew, ROW, COLUMN)).isTrue();
    assertThat(secrets(key(2)).decrypt(anew, ROW, COLUMN)).isEqualTo("secret");
    assertThatThrownBy(() -> secrets(key(1)).decrypt(anew, ROW, COLUMN))
        .isInstanceOf(UnreadableSecretException.class);
  }

  @Test
  void without_a_key_nothing_is_encrypted_or_read() {
    Secrets none = secrets(" ");

    assertThat(none.available()).isFalse();
    assertThatThrownBy(() -> none.encrypt("secret", ROW, COLUMN))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(Secrets.VARIABLE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "short",
        "not base64!",
        "AAECAwQFBgcICQoLDA0ODw==",
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=,"
      })
  void a_key_that_is_none_is_refused_by_name_and_never_repeated(String key) {
    assertThatThrownBy(() -> secrets(key))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageContaining(Secrets.VARIABLE)
        .hasMessageNotContaining(key);
  }
}
