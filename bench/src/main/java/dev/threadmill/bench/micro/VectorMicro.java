package dev.threadmill.bench.micro;

import com.openai.core.ObjectMappers;
import com.openai.models.embeddings.Embedding;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** A vector of 1536 numbers out of a provider's answer, beside the SDK's own decoding. */
@State(Scope.Benchmark)
public class VectorMicro {
  private static final MethodHandle DECODE = decoder();

  private final float[] vector = vector(1536);
  private final Embedding base64 = embedding("\"" + encoded(vector) + "\"");
  private final Embedding floats = embedding(Arrays.toString(vector));

  /** All four give the vector that was encoded. */
  @Setup
  public void check() throws Throwable {
    for (float[] decoded : List.of(base64(), floats(), base64BySdk(), floatsBySdk())) {
      Checks.require(Arrays.equals(decoded, vector), "decoded to another vector");
    }
  }

  @Benchmark
  public float[] base64() throws Throwable {
    return (float[]) DECODE.invokeExact(base64);
  }

  @Benchmark
  public float[] floats() throws Throwable {
    return (float[]) DECODE.invokeExact(floats);
  }

  @Benchmark
  public float[] base64BySdk() {
    return unboxed(base64.embedding());
  }

  @Benchmark
  public float[] floatsBySdk() {
    return unboxed(floats.embedding());
  }

  /** It is nobody's business outside of the provider's client. */
  private static MethodHandle decoder() {
    try {
      Class<?> client = Class.forName("dev.threadmill.core.embedding.OpenAiEmbeddings");
      return MethodHandles.privateLookupIn(client, MethodHandles.lookup())
          .findStatic(client, "decode", MethodType.methodType(float[].class, Embedding.class));
    } catch (ReflectiveOperationException moved) {
      throw new IllegalStateException(moved);
    }
  }

  private static float[] unboxed(List<Float> numbers) {
    float[] vector = new float[numbers.size()];
    for (int i = 0; i < vector.length; i++) {
      vector[i] = numbers.get(i);
    }
    return vector;
  }

  private static float[] vector(int width) {
    Random random = new Random(7);
    float[] vector = new float[width];
    for (int i = 0; i < width; i++) {
      vector[i] = (float) random.nextGaussian() / 40;
    }
    return vector;
  }

  private static String encoded(float[] vector) {
    ByteBuffer bytes =
        ByteBuffer.allocate(vector.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(vector);
    return Base64.getEncoder().encodeToString(bytes.array());
  }

  private static Embedding embedding(String value) {
    try {
      return ObjectMappers.jsonMapper()
          .readValue(
              "{\"object\": \"embedding\", \"index\": 0, \"embedding\": " + value + "}",
              Embedding.class);
    } catch (java.io.IOException impossible) {
      throw new java.io.UncheckedIOException(impossible);
    }
  }
}
