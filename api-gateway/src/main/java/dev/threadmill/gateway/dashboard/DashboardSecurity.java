package dev.threadmill.gateway.dashboard;

import dev.threadmill.gateway.dashboard.session.SessionFilter;
import dev.threadmill.gateway.dashboard.session.Sessions;
import dev.threadmill.gateway.problem.ApiProblem;
import dev.threadmill.gateway.problem.KnownFailures;
import dev.threadmill.gateway.problem.ProblemCode;
import dev.threadmill.gateway.security.Admission;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.session.NullAuthenticatedSessionStrategy;
import org.springframework.security.web.csrf.CookieCsrfTokenRepository;
import org.springframework.security.web.csrf.CsrfException;
import org.springframework.security.web.csrf.CsrfFilter;

/**
 * The rules of the dashboard's pages: a session in the place of a token, and with it a proof that a
 * form is one of ours. Here, too, what is not listed is closed; the scopes are those of the API.
 */
@Configuration(proxyBeanMethods = false)
class DashboardSecurity {
  private static final String CSRF_COOKIE = "threadmill_form";

  @Bean
  CookieCsrfTokenRepository formProof() {
    var proof = new CookieCsrfTokenRepository();
    proof.setCookieName(CSRF_COOKIE);
    proof.setCookieCustomizer(cookie -> cookie.httpOnly(true).sameSite("Strict").path("/"));
    return proof;
  }

  @Bean
  @Order(1)
  SecurityFilterChain dashboard(
      HttpSecurity http,
      Sessions sessions,
      Admission admission,
      KnownFailures failures,
      ProblemPage problems,
      CookieCsrfTokenRepository formProof)
      throws Exception {
    return http.securityMatcher("/", "/ui/**", "/assets/**")
        .csrf(
            csrf ->
                csrf.csrfTokenRepository(formProof)
                    // Who comes with a session is authenticated with each request, which otherwise
                    // would give each a new proof, and make those of open pages too old. It changes
                    // when somebody signs in or out.
                    .sessionAuthenticationStrategy(new NullAuthenticatedSessionStrategy()))
        .formLogin(AbstractHttpConfigurer::disable)
        .httpBasic(AbstractHttpConfigurer::disable)
        .logout(AbstractHttpConfigurer::disable)
        .requestCache(AbstractHttpConfigurer::disable)
        .sessionManagement(
            session -> session.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
        .addFilterBefore(
            new SessionFilter(sessions, admission, failures, problems::write), CsrfFilter.class)
        .authorizeHttpRequests(
            paths ->
                paths
                    // The rest of a stream that was let in.
                    .dispatcherTypeMatchers(DispatcherType.ASYNC, DispatcherType.ERROR)
                    .permitAll()
                    .requestMatchers("/ui/login", "/ui/logout", "/assets/**")
                    .permitAll()
                    .requestMatchers(
                        "/ui/projects/*/admin/**", "/ui/admin/**", "/ui/projects/*/campaigns/new")
                    .hasAuthority("admin")
                    .requestMatchers(HttpMethod.GET, "/**")
                    .hasAuthority("read")
                    .requestMatchers(HttpMethod.HEAD, "/**")
                    .hasAuthority("read")
                    .requestMatchers(
                        HttpMethod.POST,
                        "/ui/projects/*/jobs/**",
                        "/ui/projects/*/runs/**",
                        "/ui/projects/*/scheduler/*/run",
                        "/ui/projects/*/signals/**")
                    .hasAuthority("run")
                    .anyRequest()
                    .hasAuthority("admin"))
        .exceptionHandling(
            refused ->
                refused
                    .authenticationEntryPoint(
                        (request, response, failure) -> {
                          if (Htmx.asks(request)) {
                            // A part of a page that was open for long: the whole page goes.
                            response.setHeader("HX-Redirect", "/ui/login");
                            response.setStatus(HttpStatus.UNAUTHORIZED.value());
                          } else if (HttpMethod.GET.matches(request.getMethod())) {
                            response.sendRedirect(login(request));
                          } else {
                            problems.write(request, response, signedOut());
                          }
                        })
                    .accessDeniedHandler(
                        (request, response, failure) ->
                            problems.write(
                                request,
                                response,
                                failure instanceof CsrfException ? outdated() : notAllowed())))
        .build();
  }

  private static String login(HttpServletRequest request) {
    String path = request.getRequestURI();
    String wish = request.getQueryString() == null ? path : path + "?" + request.getQueryString();
    return path.equals("/")
        ? "/ui/login"
        : "/ui/login?next=" + URLEncoder.encode(wish, StandardCharsets.UTF_8);
  }

  private static ApiProblem signedOut() {
    return new ApiProblem(
        ProblemCode.UNAUTHORIZED, "You are signed out, and nothing was changed. Sign in again.");
  }

  private static ApiProblem outdated() {
    return new ApiProblem(
        ProblemCode.FORBIDDEN,
        "This form was too old, or not one of this site's, and nothing was changed. Load the page again, then send it.");
  }

  private static ApiProblem notAllowed() {
    return new ApiProblem(
        ProblemCode.FORBIDDEN,
        "The token you signed in with does not allow this; sign in with one of a wider scope.");
  }
}
