package dev.threadmill.gateway.runs;

import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;
import tools.jackson.databind.json.JsonMapper;

/** Tells whether something that is shown has changed; the same in every process. */
final class Fingerprint {
  private Fingerprint() {}

  static String of(JsonMapper json, Object shown) {
    var sum = new CRC32C();
    sum.update(json.writeValueAsString(shown).getBytes(StandardCharsets.UTF_8));
    return Long.toHexString(sum.getValue());
  }
}
