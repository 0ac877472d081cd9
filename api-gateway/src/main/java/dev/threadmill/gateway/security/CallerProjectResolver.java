package dev.threadmill.gateway.security;

import dev.threadmill.core.project.Projects;
import dev.threadmill.gateway.problem.ApiProblem;
import dev.threadmill.gateway.problem.ProblemCode;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.stereotype.Component;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.ModelAndViewContainer;

/**
 * The token's project, else that of {@code X-Project-Id} or {@code project_id}; another project's
 * is a 404. A controller that takes a {@link Caller} has it bound to that project, if there is one.
 */
@Component
public class CallerProjectResolver implements HandlerMethodArgumentResolver {
  public static final String HEADER = "X-Project-Id";
  public static final String PARAMETER = "project_id";

  private final Projects projects;

  CallerProjectResolver(Projects projects) {
    this.projects = projects;
  }

  @Override
  public boolean supportsParameter(MethodParameter parameter) {
    return parameter.getParameterType() == CallerProject.class
        || parameter.getParameterType() == Caller.class;
  }

  @Override
  public Object resolveArgument(
      MethodParameter parameter,
      @Nullable ModelAndViewContainer container,
      NativeWebRequest request,
      @Nullable WebDataBinderFactory binderFactory) {
    Caller caller = caller();
    boolean evenArchived = parameter.hasParameterAnnotation(EvenArchived.class);
    Optional<UUID> project = existing(request, caller, evenArchived);
    if (parameter.getParameterType() == Caller.class) {
      return project.map(caller::boundTo).orElse(caller);
    }
    return new CallerProject(
        project.orElseThrow(
            () ->
                new ApiProblem(
                    ProblemCode.PROJECT_REQUIRED,
                    "This token may speak for all projects; name one in the header X-Project-Id.")),
        caller);
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

  /**
   * The project that the request names or its token is bound to, be it archived or gone; empty when
   * there is neither.
   *
   * @throws ApiProblem when the token does not speak for it, or header and parameter name two
   */
  public static Optional<UUID> named(NativeWebRequest request) {
    return named(request, caller());
  }

  static Optional<UUID> named(NativeWebRequest request, Caller caller) {
    UUID inHeader = uuid(HEADER, request.getHeader(HEADER));
    UUID inParameter = uuid(PARAMETER, request.getParameter(PARAMETER));
    if (inHeader != null && inParameter != null && !inHeader.equals(inParameter)) {
      throw ApiProblem.invalid(
          "The header %s and the parameter '%s' name two projects.".formatted(HEADER, PARAMETER));
    }
    UUID project = inHeader != null ? inHeader : inParameter;
    if (project == null) {
      return Optional.ofNullable(caller.projectId());
    }
    if (caller.projectId() != null && !caller.projectId().equals(project)) {
      throw ApiProblem.notFound("project");
    }
    return Optional.of(project);
  }

  private static @Nullable UUID uuid(String name, @Nullable String text) {
    try {
      return text == null ? null : UUID.fromString(text);
    } catch (IllegalArgumentException malformed) {
      throw ApiProblem.invalid("'" + name + "' is not a valid uuid.");
    }
  }

  public static Caller caller() {
    var authentication = SecurityContextHolder.getContext().getAuthentication();
    if (authentication != null && authentication.getPrincipal() instanceof Caller caller) {
      return caller;
    }
    throw new ApiProblem(ProblemCode.UNAUTHORIZED, "Send a valid token.");
  }
}
