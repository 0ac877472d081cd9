package dev.threadmill.gateway.web;

import dev.threadmill.gateway.security.CallerProject;
import dev.threadmill.gateway.security.CallerProjectResolver;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.info.Info;
import io.swagger.v3.oas.models.security.SecurityRequirement;
import io.swagger.v3.oas.models.security.SecurityScheme;
import java.util.List;
import org.springdoc.core.utils.SpringDocUtils;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
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
}
