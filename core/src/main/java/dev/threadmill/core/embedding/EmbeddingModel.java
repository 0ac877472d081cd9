package dev.threadmill.core.embedding;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A vector space. Vectors are comparable only when their rows name the same one.
 *
 * @param name as stored in {@code rag_chunks.embedding_model}: the provider's model name, with
 *     {@code @<width>} where a width other than the model's own was asked for
 */
public record EmbeddingModel(String name) {
  private static final Pattern WITH_WIDTH = Pattern.compile("(.+)@([1-9][0-9]{0,3})");

  public EmbeddingModel {
    if (name.isBlank()) {
      throw new IllegalArgumentException("a model needs a name");
    }
  }

  /**
   * @param dimensions null: the model's own width
   */
  public static EmbeddingModel of(String baseName, @Nullable Integer dimensions) {
    return new EmbeddingModel(dimensions == null ? baseName : baseName + "@" + dimensions);
  }

  /** The name that the provider knows. */
  public String baseName() {
    Matcher named = WITH_WIDTH.matcher(name);
    return named.matches() ? named.group(1) : name;
  }

  /** The width that was asked for; null: the model's own. */
  public @Nullable Integer dimensions() {
    Matcher named = WITH_WIDTH.matcher(name);
    return named.matches() ? Integer.valueOf(named.group(2)) : null;
  }
}
