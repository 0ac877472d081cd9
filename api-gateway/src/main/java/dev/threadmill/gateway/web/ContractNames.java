package dev.threadmill.gateway.web;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import io.swagger.v3.core.jackson.ModelResolver;
import io.swagger.v3.core.jackson.TypeNameResolver;
import io.swagger.v3.oas.models.media.Schema;
import org.springdoc.core.providers.ObjectMapperProvider;
import org.springdoc.core.utils.SpringDocUtils;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import tools.jackson.databind.JsonNode;

/** Fields and types in the OpenAPI document are named as they are in the answers. */
@Configuration(proxyBeanMethods = false)
class ContractNames {
  static {
    // Any JSON at all.
    SpringDocUtils.getConfig().replaceWithSchema(JsonNode.class, new Schema<>());
  }

  /** springdoc reads classes with a mapper of its own, which does not know our naming. */
  @Bean
  ModelResolver snakeCase(ObjectMapperProvider mappers) {
    return new ModelResolver(
        mappers.jsonMapper().copy().setPropertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE),
        new WithTheClassAround());
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
