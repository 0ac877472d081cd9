package dev.threadmill.gateway.signals;

import dev.threadmill.core.signal.PhraseRule;
import dev.threadmill.core.signal.PhraseRules;
import dev.threadmill.gateway.audit.Actor;
import dev.threadmill.gateway.audit.AuditLog;
import dev.threadmill.gateway.audit.Change;
import dev.threadmill.gateway.problem.ApiProblem;
import dev.threadmill.gateway.security.CallerProject;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.media.Schema.RequiredMode;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** The rules by which a project finds signals, besides those that all have. */
@RestController
class SignalRulesController {
  private static final int MOST = 200;

  private final SignalRules rules;
  private final AuditLog audit;
  private final TransactionTemplate transaction;

  SignalRulesController(SignalRules rules, AuditLog audit, TransactionTemplate transaction) {
    this.rules = rules;
    this.audit = audit;
    this.transaction = transaction;
  }

  /**
   * @param rules at most 200
   */
  record Rules(@Schema(requiredMode = RequiredMode.REQUIRED) @Nullable List<SignalRule> rules) {}

  @GetMapping("/signal-rules")
  Rules list(CallerProject project) {
    return new Rules(rules.list(project.id()));
  }

  /**
   * Replaces all rules of the project. They hold from the next run on; what was read before is read
   * again by and by.
   */
  @PutMapping("/signal-rules")
  Rules replace(CallerProject project, @RequestBody Rules wish, HttpServletRequest request) {
    List<SignalRule> wanted = wish.rules();
    if (wanted == null || wanted.size() > MOST || wanted.stream().anyMatch(Objects::isNull)) {
      throw ApiProblem.invalid("Send 'rules', at most " + MOST + " of them.");
    }
    List<PhraseRule> checked = wanted.stream().map(SignalRule::checked).toList();
    try {
      var unused = new PhraseRules(checked);
    } catch (IllegalArgumentException twice) {
      throw ApiProblem.invalid("Two rules have the same name.");
    }
    transaction.executeWithoutResult(
        status -> {
          rules.lock(project.id());
          List<SignalRule> before = rules.list(project.id());
          rules.replace(project.id(), checked);
          audit.write(
              Actor.of(project.caller(), request),
              new Change(
                  project.id(),
                  "signal_rules.change",
                  "signal_rules",
                  Map.of("rules", before),
                  Map.of("rules", rules.list(project.id()))));
        });
    return list(project);
  }
}
