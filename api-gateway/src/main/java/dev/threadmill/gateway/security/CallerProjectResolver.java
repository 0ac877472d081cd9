package dev.threadmill.gateway.security;

import dev.threadmill.core.project.Projects;
import dev.threadmill.gateway.problem.ApiProblem;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.http.HttpStatus;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.stereotype.Component;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.ModelAndViewContainer;

/**
 * The token's project, else that of {@code X-Project-Id} or {@code project_id}; another project's
 * is a 404.
 */
@Component
public class CallerProjectResolver implements HandlerMethodArgumentResolver {
  private final Projects projects;

  CallerProjectResolver(Projects projects) {
    this.projects = projects;
  }

  @Override
  public boolean supportsParameter(MethodParameter parameter) {
    return parameter.getParameterType() == CallerProject.class;
  }

  @Override
  public CallerProject resolveArgument(
      MethodParameter parameter,
      @Nullable ModelAndViewContainer container,
      NativeWebRequest request,
      @Nullable WebDataBinderFactory binderFactory) {
    Caller caller = caller();
    boolean evenArchived = parameter.hasParameterAnnotation(EvenArchived.class);
    UUID project =
        existing(request, caller, evenArchived)
            .orElseThrow(
                () ->
                    new ApiProblem(
                        HttpStatus.CONFLICT,
                        "project_required",
                        "This token may speak for all projects; name one in the header X-Project-Id."));
    return new CallerProject(project, caller);
  }

  /**
   * The project that the request names or its token is bound to; empty when there is neither.
   *
   * @throws ApiProblem when there is no such project, or the token does not speak for it
   */
  public Optional<UUID> existing(NativeWebRequest request, Caller caller) {
    return existing(request, caller, false);
  }

  private Optional<UUID> existing(NativeWebRequest request, Caller caller, boolean evenArchived) {
    Optional<UUID> project = named(request, caller);
    if (project.isPresent()
        && projects.find(project.get()).isEmpty()
        && !(evenArchived && projects.archivedAt(project.get()).isPresent())) {
      throw ApiProblem.notFound("project");
    }
    return project;
  }

  private static Optional<UUID> named(NativeWebRequest request, Caller caller) {
    String header = request.getHeader("X-Project-Id");
    String given = header != null ? header : request.getParameter("project_id");
    if (given == null) {
      return Optional.ofNullable(caller.projectId());
    }
    UUID project;
    try {
      project = UUID.fromString(given);
    } catch (IllegalArgumentException malformed) {
      throw ApiProblem.invalid("'project_id' is not a valid uuid.");
    }
    if (caller.projectId() != null && !caller.projectId().equals(project)) {
      throw ApiProblem.notFound("project");
    }
    return Optional.of(project);
  }

  public static Caller caller() {
    var authentication = SecurityContextHolder.getContext().getAuthentication();
    if (authentication != null && authentication.getPrincipal() instanceof Caller caller) {
      return caller;
    }
    throw new ApiProblem(HttpStatus.UNAUTHORIZED, "unauthorized", "Send a valid token.");
  }
}
