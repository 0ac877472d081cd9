package dev.threadmill.gateway.web;

import dev.threadmill.gateway.problem.ProblemWriter;
import java.io.IOException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ErrorReportValve;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.core.Ordered;
import org.springframework.stereotype.Component;

/**
 * What Tomcat refuses before any filter, such as a path that can't be decoded, is a problem too and
 * not Tomcat's page.
 */
@Component
class UnreadableRequests
    implements WebServerFactoryCustomizer<TomcatServletWebServerFactory>, Ordered {
  private final ObjectProvider<ProblemWriter> problems;

  /**
   * @param problems asked for late: the server is made before most of what it serves
   */
  UnreadableRequests(ObjectProvider<ProblemWriter> problems) {
    this.problems = problems;
  }

  @Override
  public void customize(TomcatServletWebServerFactory factory) {
    factory.addContextCustomizers(
        context -> context.getParent().getPipeline().addValve(new Report(problems)));
  }

  /** Behind Spring Boot's own, so that this one reports first. */
  @Override
  public int getOrder() {
    return LOWEST_PRECEDENCE;
  }

  private static final class Report extends ErrorReportValve {
    private static final Logger log = LoggerFactory.getLogger(UnreadableRequests.class);

    private final ObjectProvider<ProblemWriter> problems;

    Report(ObjectProvider<ProblemWriter> problems) {
      this.problems = problems;
    }

    @Override
    protected void report(Request request, Response response, @Nullable Throwable failure) {
      boolean answered = response.getStatus() < 400 || response.getContentWritten() > 0;
      if (answered || !response.setErrorReported()) {
        return;
      }
      try {
        BrowserHeaders.set(response);
        problems.getObject().writeUnread(request, response, response.getReporter());
        response.finishResponse();
      } catch (IOException gone) {
        log.debug("nobody waits for the answer any more", gone);
      }
    }
  }
}
