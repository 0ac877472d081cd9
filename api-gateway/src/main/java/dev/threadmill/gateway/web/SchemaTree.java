package dev.threadmill.gateway.web;

import io.swagger.v3.oas.models.media.Schema;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A schema with all that it is made of, down to where it refers to others. */
final class SchemaTree {
  private SchemaTree() {}

  /** Itself first; null: nothing. */
  static Stream<Schema<?>> of(@Nullable Schema<?> schema) {
    return schema == null
        ? Stream.empty()
        : Stream.concat(Stream.of(schema), parts(schema).flatMap(SchemaTree::of));
  }

  private static Stream<Schema<?>> parts(Schema<?> schema) {
    return Stream.of(
            fields(schema).values().stream(),
            Stream.of(schema.getItems(), schema.getAdditionalProperties()),
            schema.getAllOf() == null ? Stream.empty() : schema.getAllOf().stream())
        .flatMap(parts -> parts)
        .filter(Schema.class::isInstance)
        .map(part -> (Schema<?>) part);
  }

  @SuppressWarnings("rawtypes")
  static Map<String, Schema> fields(Schema<?> schema) {
    return schema.getProperties() == null ? Map.of() : schema.getProperties();
  }
}
