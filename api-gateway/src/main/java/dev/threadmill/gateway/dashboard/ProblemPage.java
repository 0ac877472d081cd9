package dev.threadmill.gateway.dashboard;

import dev.threadmill.gateway.problem.ApiProblem;
import dev.threadmill.gateway.problem.RequestIdFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.springframework.stereotype.Component;
import org.springframework.web.context.request.ServletWebRequest;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.View;
import org.thymeleaf.spring6.view.ThymeleafViewResolver;

/**
 * An error as a page, or as a notice on the page that is open: what happened, what to do, its id.
 */
@Component
class ProblemPage {
  private final ThymeleafViewResolver views;
  private final Frame frame;

  ProblemPage(ThymeleafViewResolver views, Frame frame) {
    this.views = views;
    this.frame = frame;
  }

  ModelAndView of(HttpServletRequest request, ApiProblem problem) {
    var page = new ModelAndView(view(request), model(request, problem));
    page.setStatus(problem.status());
    return page;
  }

  /** The same where no controller was reached. */
  void write(HttpServletRequest request, HttpServletResponse response, ApiProblem problem)
      throws IOException {
    response.setStatus(problem.status().value());
    response.setContentType("text/html;charset=UTF-8");
    try {
      View view = Objects.requireNonNull(views.resolveViewName(view(request), Locale.ENGLISH));
      view.render(model(request, problem), request, response);
    } catch (IOException gone) {
      throw gone;
    } catch (Exception broken) {
      throw new IllegalStateException("the page of an error can't be made", broken);
    }
  }

  private static String view(HttpServletRequest request) {
    return Htmx.asks(request) ? "dashboard/notice :: problem" : "dashboard/problem";
  }

  private Map<String, Object> model(HttpServletRequest request, ApiProblem problem) {
    String title =
        switch (problem.status()) {
          case NOT_FOUND -> "Not found";
          case FORBIDDEN, UNAUTHORIZED -> "Not allowed";
          case TOO_MANY_REQUESTS -> "Too much at once";
          case INTERNAL_SERVER_ERROR -> "Something went wrong";
          case SERVICE_UNAVAILABLE -> "Not possible at the moment";
          default -> "That did not work";
        };
    Map<String, Object> model = frame.around(new ServletWebRequest(request));
    model.put("title", title);
    model.put("detail", problem.detail());
    model.put("code", problem.code().wireName());
    model.put("requestId", RequestIdFilter.of(request));
    return model;
  }
}
