package dev.threadmill.core.embedding;

/**
 * A vector space. Vectors are comparable only when their rows name the same one.
 *
 * @param name as stored in {@code rag_chunks.embedding_model}: the provider's model name, with
 *     {@code @<width>} where a width other than the model's own was asked for
 */
public record EmbeddingModel(String name) {
  public EmbeddingModel {
    if (name.isBlank()) {
      throw new IllegalArgumentException("a model needs a name");
    }
  }
}
