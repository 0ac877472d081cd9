package dev.threadmill.gateway.web;

import dev.threadmill.gateway.security.Caller;
import dev.threadmill.gateway.security.CallerProject;
import dev.threadmill.gateway.security.CallerProjectResolver;
import dev.threadmill.gateway.security.NamedProjectCheck;
import java.util.List;
import org.springdoc.core.utils.SpringDocUtils;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** What controllers may ask for, and what is checked before they are reached. */
@Configuration(proxyBeanMethods = false)
class WebConfiguration implements WebMvcConfigurer {
  static {
    SpringDocUtils.getConfig().addRequestWrapperToIgnore(CallerProject.class, Caller.class);
  }

  private final CallerProjectResolver callerProject;
  private final NamedProjectCheck namedProject;
  private final KnownParameters knownParameters;

  WebConfiguration(
      CallerProjectResolver callerProject,
      NamedProjectCheck namedProject,
      KnownParameters knownParameters) {
    this.callerProject = callerProject;
    this.namedProject = namedProject;
    this.knownParameters = knownParameters;
  }

  @Override
  public void addInterceptors(InterceptorRegistry interceptors) {
    interceptors
        .addInterceptor(namedProject)
        .excludePathPatterns("/error")
        .order(Ordered.HIGHEST_PRECEDENCE);
    interceptors
        .addInterceptor(knownParameters)
        // Whose address somebody typed into Chatwoot.
        .excludePathPatterns("/error", "/webhooks/**")
        .order(Ordered.HIGHEST_PRECEDENCE + 1);
  }

  @Override
  public void addArgumentResolvers(List<HandlerMethodArgumentResolver> resolvers) {
    resolvers.add(callerProject);
  }
}
