package dev.threadmill.bench.micro;

import dev.threadmill.core.event.EventCodec;
import dev.threadmill.core.event.MessageUpserted;
import java.time.Instant;
import java.util.UUID;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code message.upserted} out and in, beside Jackson alone, which knows neither the type nor the
 * version and does not say what is missing.
 */
@State(Scope.Benchmark)
public class EventMicro {
  private final EventCodec codec = new EventCodec();
  private final JsonMapper jackson =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();
  private final MessageUpserted event =
      new MessageUpserted(
          new UUID(1, 1),
          Instant.parse("2026-11-27T06:00:00Z"),
          new UUID(2, 2),
          "cw:" + new UUID(2, 2) + ":1:4711",
          "cwmsg:" + new UUID(2, 2) + ":1:987654",
          123_456_789,
          0,
          "a".repeat(64));
  private final byte[] bytes = codec.write(event);

  /** What went out comes in again. */
  @Setup
  public void check() {
    Checks.require(in().equals(event), "another event came in");
    Checks.require(inByJackson().equals(event), "Jackson reads another event");
  }

  @Benchmark
  public byte[] out() {
    return codec.write(event);
  }

  @Benchmark
  public MessageUpserted in() {
    return codec.read(bytes, MessageUpserted.class);
  }

  @Benchmark
  public byte[] outByJackson() {
    return jackson.writeValueAsBytes(event);
  }

  @Benchmark
  public MessageUpserted inByJackson() {
    return jackson.readValue(bytes, MessageUpserted.class);
  }
}
