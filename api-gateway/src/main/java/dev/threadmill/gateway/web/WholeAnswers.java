package dev.threadmill.gateway.web;

import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.media.Schema;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springdoc.core.customizers.OpenApiCustomizer;
import org.springframework.stereotype.Component;

/**
 * An answer always has all of its fields, be they null. The document says so of all that requests
 * are not made of; there, what is absent has its default.
 */
@Component
@SuppressWarnings("rawtypes")
class WholeAnswers implements OpenApiCustomizer {
  @Override
  public void customise(OpenAPI contract) {
    Map<String, Schema> schemas = contract.getComponents().getSchemas();
    schemas.values().stream()
        .flatMap(schema -> SchemaTree.of(schema))
        .filter(ContractTypes::isAnything)
        .forEach(ContractTypes::sayAnything);
    Set<String> sent = new HashSet<>();
    contract.getPaths().values().stream()
        .flatMap(path -> path.readOperations().stream())
        .filter(call -> call.getRequestBody() != null)
        .flatMap(call -> call.getRequestBody().getContent().values().stream())
        .forEach(
            content -> {
              SchemaTree.of(content.getSchema())
                  .filter(ContractTypes::isAnything)
                  .forEach(ContractTypes::sayAnything);
              collect(content.getSchema(), schemas, sent);
            });
    schemas.forEach(
        (name, schema) -> {
          Map<String, Schema> fields = SchemaTree.fields(schema);
          if (!sent.contains(name) && !fields.isEmpty()) {
            schema.setRequired(new ArrayList<>(fields.keySet()));
          }
        });
  }

  private static void collect(
      @Nullable Schema<?> schema, Map<String, Schema> schemas, Set<String> names) {
    SchemaTree.of(schema)
        .map(Schema::get$ref)
        .filter(Objects::nonNull)
        .map(ContractTypes::lastWord)
        .filter(names::add)
        .forEach(name -> collect(schemas.get(name), schemas, names));
  }
}
