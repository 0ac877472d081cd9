package dev.threadmill.embed.request;

import dev.threadmill.core.embedding.EmbeddingLimits;
import dev.threadmill.embed.claim.ClaimedChunk;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Packs claimed rows into requests within the provider's limits; equal texts are sent once. */
final class RequestPlan {
  private static final int BYTES_PER_TOKEN = 4;

  private RequestPlan() {}

  /**
   * @param maxInputs texts of one request
   * @param repeated of each text's hash, whether it may have been sent before
   */
  static List<List<Input>> of(
      Collection<ClaimedChunk> chunks, int maxInputs, Map<String, Boolean> repeated) {
    List<List<Input>> requests = new ArrayList<>();
    List<Input> request = new ArrayList<>();
    long tokens = 0;
    for (List<ClaimedChunk> equal : byText(chunks).values()) {
      Input input = input(equal, repeated);
      boolean full =
          request.size() == maxInputs
              || tokens + input.tokens() > EmbeddingLimits.MAX_TOKENS_PER_REQUEST;
      if (full && !request.isEmpty()) {
        requests.add(request);
        request = new ArrayList<>();
        tokens = 0;
      }
      request.add(input);
      tokens += input.tokens();
    }
    if (!request.isEmpty()) {
      requests.add(request);
    }
    return requests;
  }

  private static Map<String, List<ClaimedChunk>> byText(Collection<ClaimedChunk> chunks) {
    Map<String, List<ClaimedChunk>> byText = new LinkedHashMap<>();
    for (ClaimedChunk chunk : chunks) {
      byText.computeIfAbsent(chunk.textHash(), hash -> new ArrayList<>()).add(chunk);
    }
    return byText;
  }

  private static Input input(List<ClaimedChunk> equal, Map<String, Boolean> repeated) {
    InputText text = InputText.fitting(equal.getFirst().text());
    // The provider checks its limit with a quarter of the bytes and bills by tokens: obey both.
    long byBytes = Math.ceilDiv(InputText.bytes(text.text()), BYTES_PER_TOKEN);
    long counted = text.remark() == null ? equal.getFirst().tokens() : 0;
    boolean again = repeated.getOrDefault(equal.getFirst().textHash(), false);
    return new Input(text.text(), text.remark(), equal, Math.max(byBytes, counted), again);
  }
}
