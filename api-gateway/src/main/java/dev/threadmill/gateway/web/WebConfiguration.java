package dev.threadmill.gateway.web;

import dev.threadmill.gateway.security.CallerProject;
import dev.threadmill.gateway.security.CallerProjectResolver;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.info.Info;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.responses.ApiResponse;
import io.swagger.v3.oas.models.security.SecurityRequirement;
import io.swagger.v3.oas.models.security.SecurityScheme;
import java.util.List;
import org.springdoc.core.customizers.OpenApiCustomizer;
import org.springdoc.core.utils.SpringDocUtils;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.MediaType;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** Parameters that controllers may ask for, and the head of the contract. */
@Configuration(proxyBeanMethods = false)
class WebConfiguration implements WebMvcConfigurer {
  static {
    SpringDocUtils.getConfig().addRequestWrapperToIgnore(CallerProject.class);
  }

  private final CallerProjectResolver callerProject;

  WebConfiguration(CallerProjectResolver callerProject) {
    this.callerProject = callerProject;
  }

  @Override
  public void addArgumentResolvers(List<HandlerMethodArgumentResolver> resolvers) {
    resolvers.add(callerProject);
  }

  @Bean
  OpenAPI contract() {
    return new OpenAPI()
        .info(
            new Info()
                .title("Threadmill")
                .version("1")
                .description(
                    "A searchable memory of the conversations in Chatwoot. Tokens without a project of their own name one "
                        + "in the header X-Project-Id. Errors are problem documents with a stable code."))
        .addSecurityItem(new SecurityRequirement().addList("token"))
        .schemaRequirement(
            "token", new SecurityScheme().type(SecurityScheme.Type.HTTP).scheme("bearer"));
  }

  /** Any call may come at a bad moment. */
  @Bean
  OpenApiCustomizer badMoments() {
    var answer =
        new ApiResponse()
            .description(
                "Nothing of the call was done; send it again. The code says why: `database_unavailable` while the "
                    + "database does not answer, `conflict` when somebody else changed the same rows at that moment.")
            .content(
                new Content()
                    .addMediaType(
                        MediaType.APPLICATION_PROBLEM_JSON_VALUE,
                        new io.swagger.v3.oas.models.media.MediaType()));
    return contract ->
        contract.getPaths().values().stream()
            .flatMap(path -> path.readOperations().stream())
            .forEach(operation -> operation.getResponses().addApiResponse("503", answer));
  }
}
