package dev.threadmill.gateway.dashboard.search;

import dev.threadmill.gateway.conversations.ConversationView;
import dev.threadmill.gateway.conversations.MessageView;
import dev.threadmill.gateway.conversations.Reading;
import dev.threadmill.gateway.dashboard.Addresses;
import dev.threadmill.gateway.dashboard.Section;
import dev.threadmill.gateway.problem.ApiProblem;
import dev.threadmill.gateway.search.HybridSearch;
import dev.threadmill.gateway.search.SearchAnswer;
import dev.threadmill.gateway.search.SearchAnswer.Hit;
import dev.threadmill.gateway.security.CallerProject;
import jakarta.servlet.http.HttpServletResponse;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;

/** Finds messages, and shows the conversation that one belongs to. */
@Controller
@RequestMapping(Addresses.OF_PROJECT)
class SearchPagesController {
  private static final int MESSAGES = 100;
  private static final List<String> STATUSES = List.of("open", "pending", "snoozed", "resolved");

  private final HybridSearch search;
  private final Reading reading;

  SearchPagesController(HybridSearch search, Reading reading) {
    this.search = search;
    this.reading = reading;
  }

  /**
   * A hit as it is shown.
   *
   * @param why how it was found, in words
   */
  record Found(Hit hit, List<Piece> pieces, String why) {
    static Found of(Hit hit) {
      return new Found(hit, Piece.of(hit.text(), hit.highlights()), why(hit.scoreParts()));
    }

    private static String why(SearchAnswer.ScoreParts parts) {
      String meaning =
          parts.vectorRank() == null
              ? ""
              : "meaning no. %d%s"
                  .formatted(
                      parts.vectorRank(),
                      parts.similarity() == null
                          ? ""
                          : String.format(
                              Locale.ENGLISH, " (similarity %.2f)", parts.similarity()));
      String words = parts.textRank() == null ? "" : "words no. " + parts.textRank();
      return meaning.isEmpty() || words.isEmpty() ? meaning + words : meaning + ", " + words;
    }
  }

  /** What can't be understood of the form is said beside it, and the form stays as it was. */
  @GetMapping("/search")
  String search(CallerProject project, SearchForm form, Model model, HttpServletResponse response) {
    model.addAttribute("section", Section.SEARCH);
    model.addAttribute("form", form);
    model.addAttribute("filtered", form.filtered());
    model.addAttribute("zone", form.daysOf());
    model.addAttribute("statuses", STATUSES);
    if (form.asked()) {
      try {
        SearchAnswer answer = search.search(project.id(), form.wish());
        model.addAttribute("answer", answer);
        model.addAttribute("hits", answer.hits().stream().map(Found::of).toList());
      } catch (ApiProblem problem) {
        response.setStatus(problem.status().value());
        problem.retryAfter().ifPresent(wait -> response.setHeader("Retry-After", wait));
        model.addAttribute("problem", problem.detail());
      }
    }
    return "dashboard/search";
  }

  /**
   * What was said in a conversation, oldest first.
   *
   * @param message the number of the one to begin with; without it from the beginning
   * @param after the number of the last one of the page before
   */
  @GetMapping("/conversations/{id}")
  String conversation(
      CallerProject project,
      @PathVariable String id,
      @RequestParam(required = false) @Nullable Long message,
      @RequestParam(required = false) @Nullable Long after,
      Model model) {
    ConversationView conversation = reading.conversation(project.id(), id);
    List<MessageView> said = reading.said(project.id(), conversation, after, MESSAGES);
    boolean fromBeginning = after == null;
    if (message != null && fromBeginning && !holds(said, message)) {
      // Farther down than one page: from there on.
      said = reading.said(project.id(), conversation, message - 1, MESSAGES);
      fromBeginning = false;
    }
    model.addAttribute("section", Section.SEARCH);
    model.addAttribute("conversation", conversation);
    model.addAttribute("messages", said);
    model.addAttribute("message", message);
    model.addAttribute("fromBeginning", fromBeginning);
    model.addAttribute("more", said.size() < MESSAGES ? null : said.getLast().messageId());
    return "dashboard/conversation";
  }

  private static boolean holds(List<MessageView> said, long message) {
    return said.stream().anyMatch(one -> one.messageId() == message);
  }
}
