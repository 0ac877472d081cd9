package dev.threadmill.gateway.web;

import dev.threadmill.gateway.problem.ApiProblem;
import dev.threadmill.gateway.security.CallerProjectResolver;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.springframework.core.DefaultParameterNameDiscoverer;
import org.springframework.core.MethodParameter;
import org.springframework.core.ParameterNameDiscoverer;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.stereotype.Component;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;

/**
 * Refuses a query with a parameter that the call does not know, as unknown fields of a body are: a
 * filter that is spelt otherwise here would let everything pass without a word. Of our own API
 * alone; pages take what browsers and links bring along.
 */
@Component
class KnownParameters implements HandlerInterceptor {
  private static final String OURS = "dev.threadmill.";
  private static final Pattern SHOWN = Pattern.compile("[A-Za-z0-9_.-]{1,64}");
  private static final ParameterNameDiscoverer NAMES = new DefaultParameterNameDiscoverer();

  private final Map<Method, Set<String>> calls = new ConcurrentHashMap<>();

  @Override
  public boolean preHandle(
      HttpServletRequest request, HttpServletResponse response, Object handler) {
    if (request.getQueryString() != null && handler instanceof HandlerMethod call && isOurs(call)) {
      Set<String> known =
          calls.computeIfAbsent(call.getMethod(), method -> parameters(call.getMethodParameters()));
      for (String name : request.getParameterMap().keySet()) {
        if (!known.contains(name)) {
          throw unknown(name, known);
        }
      }
    }
    return true;
  }

  private static boolean isOurs(HandlerMethod call) {
    return call.getBeanType().getName().startsWith(OURS)
        && AnnotatedElementUtils.hasAnnotation(call.getBeanType(), RestController.class);
  }

  private static Set<String> parameters(MethodParameter[] arguments) {
    Set<String> known = new TreeSet<>();
    known.add(CallerProjectResolver.PARAMETER);
    for (MethodParameter argument : arguments) {
      RequestParam one = argument.getParameterAnnotation(RequestParam.class);
      if (one != null) {
        argument.initParameterNameDiscovery(NAMES);
        known.add(
            one.name().isEmpty()
                ? Objects.requireNonNull(argument.getParameterName())
                : one.name());
      } else if (argument.hasParameterAnnotation(ModelAttribute.class)) {
        for (RecordComponent component : argument.getParameterType().getRecordComponents()) {
          known.add(component.getName());
        }
      }
    }
    return known;
  }

  private static ApiProblem unknown(String name, Set<String> known) {
    String named = SHOWN.matcher(name).matches() ? "'" + name + "'" : "A parameter";
    return ApiProblem.invalid(
        "%s is not known here; this call takes %s.".formatted(named, String.join(", ", known)));
  }
}
