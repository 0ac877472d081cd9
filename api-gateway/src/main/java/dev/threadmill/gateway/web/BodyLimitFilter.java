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
 * passed. Behind security, so that strangers are told nothing; webhooks have a limit of their own.
 */
@Component
@Order(Ordered.LOWEST_PRECEDENCE - 20)
class BodyLimitFilter extends OncePerRequestFilter {
  private static final String SETTING = "REQUEST_MAX_BODY_KB";

  private final ProblemWriter problems;
  private final int maxBytes;

  BodyLimitFilter(ProblemWriter problems, Settings settings) {
    this.problems = problems;
    this.maxBytes = settings.integer(SETTING, 256, 1, 65_536) * 1024;
  }

  @Override
  protected boolean shouldNotFilter(HttpServletRequest request) {
    return request.getRequestURI().startsWith("/webhooks/");
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    if (request.getContentLengthLong() > maxBytes) {
      problems.write(request, response, new BodyTooLarge(SETTING).problem());
      return;
    }
    try {
      chain.doFilter(new Limited(request, maxBytes), response);
    } catch (BodyTooLarge tooLarge) {
      problems.write(request, response, tooLarge.problem());
    }
  }

  private static final class Limited extends HttpServletRequestWrapper {
    private final int maxBytes;

    Limited(HttpServletRequest request, int maxBytes) {
      super(request);
      this.maxBytes = maxBytes;
    }

    @Override
    public ServletInputStream getInputStream() throws IOException {
      return new LimitedBody(super.getInputStream(), maxBytes);
    }

    @Override
    public BufferedReader getReader() throws IOException {
      return new BufferedReader(new InputStreamReader(getInputStream(), StandardCharsets.UTF_8));
    }
  }

  private static final class LimitedBody extends ServletInputStream {
    private final ServletInputStream body;
    private long left;

    LimitedBody(ServletInputStream body, int maxBytes) {
      this.body = body;
      this.left = maxBytes;
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
        throw new BodyTooLarge(SETTING);
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
