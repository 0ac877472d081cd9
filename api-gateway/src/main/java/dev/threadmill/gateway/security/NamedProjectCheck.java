package dev.threadmill.gateway.security;

import dev.threadmill.gateway.problem.ApiProblem;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Map;
import java.util.UUID;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.stereotype.Component;
import org.springframework.web.context.request.ServletWebRequest;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.HandlerMapping;

/**
 * Before every controller: a request that names a project its token does not speak for is a 404,
 * also where the controller would not have asked for the project; and so is one whose path names
 * another project.
 */
@Component
public class NamedProjectCheck implements HandlerInterceptor {
  private static final String OF_A_PROJECT = "/projects/{id}";

  @Override
  public boolean preHandle(
      HttpServletRequest request, HttpServletResponse response, Object handler) {
    var authentication = SecurityContextHolder.getContext().getAuthentication();
    if (authentication != null && authentication.getPrincipal() instanceof Caller caller) {
      CallerProjectResolver.named(new ServletWebRequest(request), caller)
          .filter(named -> pathNamesAnother(request, named))
          .ifPresent(
              named -> {
                throw ApiProblem.notFound("project");
              });
    }
    return true;
  }

  private static boolean pathNamesAnother(HttpServletRequest request, UUID named) {
    Object pattern = request.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE);
    if (pattern == null
        || !pattern.toString().startsWith(OF_A_PROJECT)
        || !(request.getAttribute(HandlerMapping.URI_TEMPLATE_VARIABLES_ATTRIBUTE)
            instanceof Map<?, ?> variables)) {
      return false;
    }
    try {
      return !named.equals(UUID.fromString(String.valueOf(variables.get("id"))));
    } catch (IllegalArgumentException malformed) {
      // Whoever reads the path says so.
      return false;
    }
  }
}
