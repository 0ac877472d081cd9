package dev.threadmill.gateway.audit;

import dev.threadmill.gateway.problem.ApiProblem;
import dev.threadmill.gateway.security.CallerProjectResolver;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.NativeWebRequest;

/** Who changed what, for administrators. */
@RestController
class AuditController {
  private static final int MAX_LIMIT = 200;

  private final AuditLog audit;

  AuditController(AuditLog audit) {
    this.audit = audit;
  }

  /**
   * @param before the {@code id} to send as {@code before} for the next page; null on the last
   */
  record Page(List<AuditEntry> items, @Nullable Long before) {}

  /**
   * The newest first: of the project that the request names, which may be archived or gone, or that
   * its token is bound to; else of all.
   *
   * @param before only entries with a smaller id
   */
  @GetMapping("/audit")
  Page list(
      NativeWebRequest request,
      @RequestParam(required = false) @Nullable Long before,
      @RequestParam(defaultValue = "50") int limit) {
    if (limit < 1 || limit > MAX_LIMIT) {
      throw ApiProblem.invalid("'limit' must be 1 to " + MAX_LIMIT + ".");
    }
    UUID project = CallerProjectResolver.named(request).orElse(null);
    List<AuditEntry> items = audit.list(project, before == null ? Long.MAX_VALUE : before, limit);
    return new Page(items, items.size() < limit ? null : items.getLast().id());
  }
}
