package dev.threadmill.localstack.openai;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes the answer by hand: a tree of 150,000 numbers would be the slowest part of a benchmark.
 */
final class EmbeddingsAnswer {
  private final EmbeddingsRequest request;
  private final Trouble.@Nullable Kind trouble;

  EmbeddingsAnswer(EmbeddingsRequest request, Trouble.@Nullable Kind trouble) {
    this.request = request;
    this.trouble = trouble;
  }

  byte[] write(int nativeWidth, long tokens) {
    int width = request.dimensions() == null ? nativeWidth : request.dimensions();
    boolean base64 = request.base64() && trouble != Trouble.Kind.FLOATS_FOR_BASE64;
    List<Integer> order = order();
    ByteArrayOutputStream out =
        new ByteArrayOutputStream(order.size() * (base64 ? width * 6 : width * 13) + 512);
    print(out, "{\"object\":\"list\",\"data\":[");
    for (int i = 0; i < order.size(); i++) {
      int input = order.get(i);
      print(out, i == 0 ? "{" : ",{");
      print(out, "\"object\":\"embedding\",");
      if (trouble != Trouble.Kind.NO_INDEX) {
        int index = trouble == Trouble.Kind.DUPLICATE_INDEX && i > 0 ? order.get(0) : input;
        print(out, "\"index\":" + index + ",");
      }
      print(out, "\"embedding\":");
      String text = request.inputs().get(Math.min(input, request.inputs().size() - 1));
      write(out, spoiled(Vectors.of(request.model(), nativeWidth, width, text), i), base64);
      print(out, "}");
    }
    print(out, "],\"model\":\"" + request.model() + "\"");
    if (trouble != Trouble.Kind.NO_USAGE) {
      print(out, ",\"usage\":{\"prompt_tokens\":" + tokens + ",\"total_tokens\":" + tokens + "}");
    }
    print(out, "}");
    return out.toByteArray();
  }

  private List<Integer> order() {
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < request.inputs().size(); i++) {
      order.add(i);
    }
    if (trouble == Trouble.Kind.MISSING_VECTOR) {
      order.removeLast();
    } else if (trouble == Trouble.Kind.EXTRA_VECTOR) {
      order.add(order.size());
    } else if (trouble == Trouble.Kind.REORDERED) {
      Collections.reverse(order);
    }
    return order;
  }

  private float[] spoiled(float[] vector, int position) {
    if (position > 0 || trouble == null) {
      return vector;
    }
    switch (trouble) {
      case WRONG_WIDTH -> {
        return Arrays.copyOf(vector, vector.length / 2);
      }
      case NAN -> vector[vector.length / 2] = Float.NaN;
      case ALL_ZERO -> Arrays.fill(vector, 0);
      default -> {}
    }
    return vector;
  }

  private static void write(ByteArrayOutputStream out, float[] vector, boolean base64) {
    if (base64) {
      ByteBuffer bytes = ByteBuffer.allocate(vector.length * 4).order(ByteOrder.LITTLE_ENDIAN);
      bytes.asFloatBuffer().put(vector);
      out.write('"');
      out.writeBytes(Base64.getEncoder().encode(bytes.array()));
      out.write('"');
      return;
    }
    StringBuilder numbers = new StringBuilder(vector.length * 13).append('[');
    for (int i = 0; i < vector.length; i++) {
      numbers.append(i == 0 ? "" : ",").append(vector[i]);
    }
    print(out, numbers.append(']').toString());
  }

  private static void print(ByteArrayOutputStream out, String text) {
    out.writeBytes(text.getBytes(StandardCharsets.UTF_8));
  }
}
