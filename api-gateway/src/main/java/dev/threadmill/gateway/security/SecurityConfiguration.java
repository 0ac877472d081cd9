package dev.threadmill.gateway.security;

import dev.threadmill.core.settings.Settings;
import dev.threadmill.gateway.problem.ApiProblem;
import dev.threadmill.gateway.problem.DatabaseOutage;
import dev.threadmill.gateway.problem.ProblemCode;
import dev.threadmill.gateway.problem.ProblemWriter;
import jakarta.servlet.DispatcherType;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpMethod;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.ObjectPostProcessor;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.annotation.web.configurers.HeadersConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.config.observation.SecurityObservationSettings;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.access.intercept.AuthorizationFilter;
import org.springframework.security.web.header.HeaderWriterFilter;

/**
 * Closed by default: what is not listed as open needs a token, and what changes something needs a
 * scope. The dashboard's pages have rules of their own, which come first.
 */
@Configuration(proxyBeanMethods = false)
class SecurityConfiguration {
  private static final String[] OPEN = {
    "/favicon.ico",
    "/openapi.json",
    "/openapi.json/**",
    "/docs",
    "/docs/**",
    "/swagger-ui/**",
    "/error",
    "/actuator/**"
  };

  @Bean
  SecurityFilterChain api(
      HttpSecurity http,
      Admission admission,
      DatabaseOutage outage,
      ProblemWriter problems,
      Settings settings)
      throws Exception {
    CorsSettings cors = CorsSettings.of(settings);
    if (!cors.origins().isEmpty()) {
      http.addFilter(cors.filter(problems));
    }
    return http.csrf(AbstractHttpConfigurer::disable)
        .formLogin(AbstractHttpConfigurer::disable)
        .httpBasic(AbstractHttpConfigurer::disable)
        .logout(AbstractHttpConfigurer::disable)
        .requestCache(AbstractHttpConfigurer::disable)
        .sessionManagement(
            session -> session.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
        .addFilterBefore(
            new BearerTokenFilter(admission, outage, problems), AuthorizationFilter.class)
        .authorizeHttpRequests(
            paths ->
                paths
                    // The rest of an answer whose request was let in: events of a run.
                    .dispatcherTypeMatchers(DispatcherType.ASYNC)
                    .permitAll()
                    .requestMatchers(OPEN)
                    .permitAll()
                    // They bring a signature in the place of a token.
                    .requestMatchers(HttpMethod.POST, "/webhooks/**")
                    .permitAll()
                    // Who reads conversations need not know whose they were, nor where tokens lead.
                    .requestMatchers(
                        "/admin/**",
                        "/tokens/**",
                        "/audit/**",
                        "/secrets/**",
                        "/health-scores/settings",
                        "/projects/*/sources/**",
                        "/projects/*/erasures/**",
                        "/projects/*/deletion")
                    .hasAuthority("admin")
                    .requestMatchers(HttpMethod.GET, "/**")
                    .hasAuthority("read")
                    .requestMatchers(HttpMethod.HEAD, "/**")
                    .hasAuthority("read")
                    .requestMatchers(HttpMethod.POST, "/search", "/mcp", "/campaigns/preview")
                    .hasAuthority("read")
                    .requestMatchers(HttpMethod.POST, "/jobs/**")
                    .hasAuthority("run")
                    // Working through signals is daily work.
                    .requestMatchers(HttpMethod.PATCH, "/signals/*")
                    .hasAuthority("run")
                    .anyRequest()
                    .hasAuthority("admin"))
        .exceptionHandling(
            refused ->
                refused
                    .authenticationEntryPoint(
                        (request, response, failure) -> {
                          response.setHeader("WWW-Authenticate", "Bearer");
                          problems.write(
                              request,
                              response,
                              new ApiProblem(
                                  ProblemCode.UNAUTHORIZED,
                                  "Send a valid token: Authorization: Bearer <token>."));
                        })
                    .accessDeniedHandler(
                        (request, response, failure) ->
                            problems.write(
                                request,
                                response,
                                new ApiProblem(
                                    ProblemCode.FORBIDDEN,
                                    "This token's scope does not allow this; use one with a wider"
                                        + " scope."))))
        .build();
  }

  /**
   * Requests are measured, and traced, as a whole. Each filter by itself would be, too, which costs
   * each request something, and nobody looks at it.
   */
  @Bean
  SecurityObservationSettings requestsAreMeasuredOnce() {
    return SecurityObservationSettings.noObservations();
  }

  /**
   * Headers are written before a request is handled. By itself Spring Security writes them on the
   * way out, while the thread of a live stream may be sending already: two threads in one response
   * break it, and with it a later one, since the server uses it again (spring-security 15510).
   */
  @Bean
  Customizer<HeadersConfigurer<HttpSecurity>> headersComeFirst() {
    return headers ->
        headers.withObjectPostProcessor(
            new ObjectPostProcessor<HeaderWriterFilter>() {
              @Override
              public <O extends HeaderWriterFilter> O postProcess(O filter) {
                filter.setShouldWriteHeadersEagerly(true);
                return filter;
              }
            });
  }

  /** Tokens are all there is; this keeps Spring Boot from inventing a user with a password. */
  @Bean
  AuthenticationManager noPasswords() {
    return authentication -> {
      throw new org.springframework.security.authentication.AuthenticationServiceException(
          "tokens only");
    };
  }
}
