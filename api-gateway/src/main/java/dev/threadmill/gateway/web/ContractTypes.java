package dev.threadmill.gateway.web;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import io.swagger.v3.core.converter.AnnotatedType;
import io.swagger.v3.core.converter.ModelConverter;
import io.swagger.v3.core.converter.ModelConverterContext;
import io.swagger.v3.core.jackson.ModelResolver;
import io.swagger.v3.core.jackson.TypeNameResolver;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.media.StringSchema;
import java.lang.reflect.RecordComponent;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;
import tools.jackson.databind.JsonNode;

/**
 * Reads records as they are in JSON: fields in snake_case, null where {@link Nullable} lets it be,
 * and anything at all where any JSON may stand.
 */
final class ContractTypes extends ModelResolver {
  private static final PropertyNamingStrategies.NamingBase NAMES =
      new PropertyNamingStrategies.SnakeCaseStrategy();

  /** Where a schema is copied on the way, one without a type becomes an object's. */
  private static final String ANYTHING = "x-anything";

  ContractTypes(ObjectMapper mapper) {
    super(mapper.copy().setPropertyNamingStrategy(NAMES), new WithTheClassAround());
  }

  @Override
  public @Nullable Schema<?> resolve(
      AnnotatedType type, ModelConverterContext context, Iterator<ModelConverter> next) {
    Class<?> read = objectMapper().constructType(type.getType()).getRawClass();
    if (read == Object.class || read == JsonNode.class) {
      Schema<?> anything = new Schema<>();
      anything.addExtension(ANYTHING, true);
      return anything;
    }
    if (read == SseEmitter.class) {
      return new StringSchema();
    }
    Schema<?> schema = super.resolve(type, context, next);
    if (schema != null && read.isRecord()) {
      String name = schema.get$ref() == null ? schema.getName() : lastWord(schema.get$ref());
      Schema<?> model = context.getDefinedModels().get(name);
      if (model != null && model.getProperties() != null) {
        sayWhatMayBeNull(read, model);
      }
    }
    return schema;
  }

  /** What a request must have is no null, though the record takes it to tell what is missing. */
  @SuppressWarnings("rawtypes")
  private static void sayWhatMayBeNull(Class<?> read, Schema<?> model) {
    Map<String, Schema> fields = model.getProperties();
    List<String> required = model.getRequired() == null ? List.of() : model.getRequired();
    for (RecordComponent component : read.getRecordComponents()) {
      String name = NAMES.translate(component.getName());
      Schema<?> field = fields.get(name);
      if (field != null
          && !required.contains(name)
          && component.getAnnotatedType().isAnnotationPresent(Nullable.class)) {
        fields.put(name, orNull(field));
      }
    }
  }

  private static Schema<?> orNull(Schema<?> field) {
    // Beside a reference nothing else counts.
    return field.get$ref() == null
        ? field.nullable(true)
        : new Schema<>().nullable(true).addAllOfItem(new Schema<>().$ref(field.get$ref()));
  }

  static boolean isAnything(Schema<?> schema) {
    return schema.getExtensions() != null && schema.getExtensions().containsKey(ANYTHING);
  }

  static void sayAnything(Schema<?> schema) {
    schema.setType(null);
    schema.setNullable(null);
    schema.setExtensions(null);
  }

  static String lastWord(String reference) {
    return reference.substring(reference.lastIndexOf('/') + 1);
  }

  /** Two controllers may have a {@code Listed}; by their simple names one would hide the other. */
  private static final class WithTheClassAround extends TypeNameResolver {
    @Override
    protected String getNameOfClass(Class<?> type) {
      Class<?> around = type.getEnclosingClass();
      String name = super.getNameOfClass(type);
      return around == null ? name : around.getSimpleName().replaceFirst("Controller$", "") + name;
    }
  }
}
