package dev.threadmill.gateway.web;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.ShallowEtagHeaderFilter;

/** Who has the OpenAPI document already is told so: it has an ETag and may be kept. */
@Component
@Order(Ordered.LOWEST_PRECEDENCE - 10)
class ContractCacheFilter extends ShallowEtagHeaderFilter {
  ContractCacheFilter() {
    // A strong one would have to change with the compression, and Tomcat then leaves that out.
    setWriteWeakETag(true);
  }

  @Override
  protected boolean shouldNotFilter(HttpServletRequest request) {
    return !request.getRequestURI().equals("/openapi.json");
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    // Kept, and asked about each time. All other answers are not kept at all.
    response.setHeader(HttpHeaders.CACHE_CONTROL, "no-cache");
    super.doFilterInternal(request, response, chain);
  }
}
