package dev.threadmill.gateway.dashboard;

import dev.threadmill.core.project.Projects;
import dev.threadmill.gateway.problem.ApiProblem;
import dev.threadmill.gateway.security.Caller;
import dev.threadmill.gateway.security.CallerProjectResolver;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.context.request.NativeWebRequest;

/**
 * What every page's template may use: {@code viewer}, {@code project}, {@code base} (the beginning
 * of the project's addresses), {@code sections} and {@code show}; a controller adds {@code
 * section}.
 */
@ControllerAdvice(basePackageClasses = Frame.class)
class Frame {
  private final Projects projects;

  Frame(Projects projects) {
    this.projects = projects;
  }

  @ModelAttribute
  void fill(Model model, NativeWebRequest request) {
    if (caller() instanceof Caller caller) {
      model.addAllAttributes(ofViewer(caller));
      model.addAllAttributes(ofProject(caller, request));
    }
  }

  /** As much of it as can be told around an error, which may be that there is no such project. */
  Map<String, Object> around(NativeWebRequest request) {
    Map<String, Object> all = new LinkedHashMap<>();
    if (caller() instanceof Caller caller) {
      all.putAll(ofViewer(caller));
      try {
        all.putAll(ofProject(caller, request));
      } catch (ApiProblem | DataAccessException none) {
        // Then without the project's navigation.
      }
    }
    return all;
  }

  private static @Nullable Object caller() {
    var authentication = SecurityContextHolder.getContext().getAuthentication();
    return authentication == null ? null : authentication.getPrincipal();
  }

  private static Map<String, Object> ofViewer(Caller caller) {
    return Map.of("viewer", Viewer.of(caller), "show", new Shown());
  }

  private Map<String, Object> ofProject(Caller caller, NativeWebRequest request) {
    Map<String, Object> all = new LinkedHashMap<>();
    CallerProjectResolver.named(request)
        .flatMap(projects::find)
        .ifPresent(
            project -> {
              all.put("project", project);
              all.put("base", Addresses.project(project.id()));
              all.put("sections", Section.of(caller.scope()));
            });
    return all;
  }
}
