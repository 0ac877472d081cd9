package dev.threadmill.gateway.web;

import dev.threadmill.core.settings.Settings;
import dev.threadmill.gateway.problem.BodyTooLarge;
import dev.threadmill.gateway.problem.ProblemWriter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Refuses bodies that are too long: at once where the length is announced, else where the limit is
 * passed. Behind security, so that strangers are told nothing. Webhooks have a limit of their own,
 * and are refused, and counted, by who reads them; here they are only kept from being endless,
 * whoever else may read them.
 */
@Component
@Order(Ordered.LOWEST_PRECEDENCE - 20)
class BodyLimitFilter extends OncePerRequestFilter {
  private static final int MOST_KB = 65_536;

  private final ProblemWriter problems;
  private final Limit ofRequests;
  private final Limit ofWebhooks;

  /**
   * @param setting the variable that says how much is allowed
   */
  private record Limit(String setting, int bytes) {
    static Limit of(Settings settings, String name, int kilobytes) {
      return new Limit(name, settings.integer(name, kilobytes, 1, MOST_KB) * 1024);
    }
  }

  BodyLimitFilter(ProblemWriter problems, Settings settings) {
    this.problems = problems;
    this.ofRequests = Limit.of(settings, "REQUEST_MAX_BODY_KB", 256);
    Limit webhooks = Limit.of(settings, "WEBHOOK_MAX_BODY_KB", 2048);
    // One byte more shows their reader that it is too long.
    this.ofWebhooks = new Limit(webhooks.setting(), webhooks.bytes() + 1);
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    boolean webhook = request.getRequestURI().startsWith("/webhooks/");
    Limit limit = webhook ? ofWebhooks : ofRequests;
    if (!webhook && request.getContentLengthLong() > limit.bytes()) {
      problems.write(request, response, new BodyTooLarge(limit.setting()).problem());
      return;
    }
    try {
      chain.doFilter(new Limited(request, limit), response);
    } catch (BodyTooLarge tooLarge) {
      problems.write(request, response, tooLarge.problem());
    }
  }

  private static final class Limited extends HttpServletRequestWrapper {
    private final Limit limit;

    Limited(HttpServletRequest request, Limit limit) {
      super(request);
      this.limit = limit;
    }

    @Override
    public ServletInputStream getInputStream() throws IOException {
      return new LimitedBody(super.getInputStream(), limit);
    }

    @Override
    public BufferedReader getReader() throws IOException {
      return new BufferedReader(new InputStreamReader(getInputStream(), StandardCharsets.UTF_8));
    }
  }

  private static final class LimitedBody extends ServletInputStream {
    private final ServletInputStream body;
    private final String setting;
    private long left;

    LimitedBody(ServletInputStream body, Limit limit) {
      this.body = body;
      this.setting = limit.setting();
      this.left = limit.bytes();
    }

    @Override
    public int read() throws IOException {
      int next = body.read();
      count(next < 0 ? 0 : 1);
      return next;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int read = body.read(bytes, offset, length);
      count(Math.max(read, 0));
      return read;
    }

    private void count(int read) throws BodyTooLarge {
      left -= read;
      if (left < 0) {
        throw new BodyTooLarge(setting);
      }
    }

    @Override
    public boolean isFinished() {
      return body.isFinished();
    }

    @Override
    public boolean isReady() {
      return body.isReady();
    }

    @Override
    public void setReadListener(ReadListener listener) {
      body.setReadListener(listener);
    }
  }
}
