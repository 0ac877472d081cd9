package dev.threadmill.gateway.dashboard.signals;

import dev.threadmill.core.signal.SignalType;
import dev.threadmill.gateway.audit.Actor;
import dev.threadmill.gateway.dashboard.Addresses;
import dev.threadmill.gateway.dashboard.Htmx;
import dev.threadmill.gateway.dashboard.Section;
import dev.threadmill.gateway.page.Page;
import dev.threadmill.gateway.problem.ApiProblem;
import dev.threadmill.gateway.security.CallerProject;
import dev.threadmill.gateway.signals.SignalDecisions;
import dev.threadmill.gateway.signals.SignalDetail;
import dev.threadmill.gateway.signals.SignalReading;
import dev.threadmill.gateway.signals.SignalView;
import dev.threadmill.gateway.signals.SignalsQuery;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;

/** The inbox of signals, one signal, and what people decide on it. */
@Controller
@RequestMapping(Addresses.OF_PROJECT + "/signals")
class SignalPagesController {
  private static final int OF_A_PAGE = 20;
  private static final int OF_A_PART = 10;
  private static final int QUOTES = 2;

  /** What the buttons say, and the status that it gives. */
  private static final Map<String, String> DECISIONS =
      Map.of("accept", "accepted", "dismiss", "dismissed", "done", "done", "reopen", "proposed");

  private final SignalReading reading;
  private final SignalDecisions decisions;

  SignalPagesController(SignalReading reading, SignalDecisions decisions) {
    this.reading = reading;
    this.decisions = decisions;
  }

  /**
   * Signals of one status.
   *
   * @param next for its next page; null on the last
   */
  record Part(String status, String title, List<SignalCard> cards, @Nullable String next) {}

  /**
   * What passes, as the form has it; empty texts let everything pass.
   *
   * @param status when it is empty, what is to be decided comes first, then what counts already
   */
  record Filters(String status, String type, @Nullable Integer severity, String contact) {
    boolean narrowed() {
      return !type.isEmpty() || severity != null || !contact.isEmpty();
    }

    SignalsQuery query(String ofStatus, @Nullable String cursor, int limit) {
      return new SignalsQuery(
          orNull(type), ofStatus, orNull(contact), null, severity, null, null, null, cursor, limit);
    }

    private static @Nullable String orNull(String text) {
      return text.isBlank() ? null : text;
    }
  }

  @GetMapping
  String list(
      CallerProject project,
      @RequestParam(defaultValue = "") String status,
      @RequestParam(defaultValue = "") String type,
      @RequestParam(required = false) @Nullable Integer severity,
      @RequestParam(defaultValue = "") String contact,
      @RequestParam(required = false) @Nullable String cursor,
      Model model) {
    var filters = new Filters(status, type, severity, contact);
    List<Part> parts =
        status.isEmpty()
            ? List.of(
                part(project.id(), filters, "proposed", null, OF_A_PART),
                part(project.id(), filters, "accepted", null, OF_A_PART))
            : List.of(part(project.id(), filters, status, cursor, OF_A_PAGE));
    model.addAttribute("section", Section.SIGNALS);
    model.addAttribute("filters", filters);
    model.addAttribute("narrowed", filters.narrowed());
    model.addAttribute("first", cursor == null);
    model.addAttribute("parts", parts);
    model.addAttribute("statuses", SignalReading.STATUSES);
    model.addAttribute("types", SignalType.wireNames());
    return "dashboard/signals";
  }

  private Part part(
      UUID project, Filters filters, String status, @Nullable String cursor, int limit) {
    Page<SignalView> page = reading.list(project, filters.query(status, cursor, limit));
    return new Part(status, title(status), cards(project, page.items()), page.nextCursor());
  }

  private static String title(String status) {
    return switch (status) {
      case "proposed" -> "To decide";
      case "accepted" -> "Accepted";
      case "dismissed" -> "Dismissed";
      default -> "Done";
    };
  }

  private List<SignalCard> cards(UUID project, List<SignalView> signals) {
    var evidence = reading.evidence(project, signals, QUOTES);
    return signals.stream()
        .map(one -> new SignalCard(one, evidence.getOrDefault(one.id(), List.of())))
        .toList();
  }

  /** With all messages that it rests on. */
  @GetMapping("/{id}")
  String one(CallerProject project, @PathVariable UUID id, Model model) {
    SignalDetail detail = reading.one(project.id(), id);
    model.addAttribute("section", Section.SIGNALS);
    model.addAttribute("card", new SignalCard(detail.signal(), detail.evidence()));
    model.addAttribute("alone", true);
    return "dashboard/signal";
  }

  /** Answers its card, or leads to its page. */
  @PostMapping("/{id}/{decision}")
  String decide(
      CallerProject project,
      @PathVariable UUID id,
      @PathVariable String decision,
      Model model,
      HttpServletRequest request) {
    String status = DECISIONS.get(decision);
    if (status == null) {
      throw ApiProblem.notFound("decision");
    }
    // Of a conversation that is gone there is nothing to decide.
    var unused = reading.one(project.id(), id);
    decisions.decide(project.id(), id, status, Actor.of(project.caller(), request));
    if (!Htmx.asks(request)) {
      return "redirect:" + Addresses.project(project.id()) + "/signals/" + id;
    }
    SignalView now = reading.one(project.id(), id).signal();
    model.addAttribute("card", cards(project.id(), List.of(now)).getFirst());
    model.addAttribute("decided", true);
    return "dashboard/signal-parts :: card";
  }
}
