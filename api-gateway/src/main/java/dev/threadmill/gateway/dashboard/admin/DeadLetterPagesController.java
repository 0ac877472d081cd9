package dev.threadmill.gateway.dashboard.admin;

import dev.threadmill.core.event.Topic;
import dev.threadmill.gateway.audit.Actor;
import dev.threadmill.gateway.dashboard.Addresses;
import dev.threadmill.gateway.dashboard.Htmx;
import dev.threadmill.gateway.dashboard.Section;
import dev.threadmill.gateway.deadletters.DeadLetterDesk;
import dev.threadmill.gateway.deadletters.DeadLetterFilter;
import dev.threadmill.gateway.deadletters.ReplayWish;
import dev.threadmill.gateway.problem.ApiProblem;
import dev.threadmill.gateway.security.Caller;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;

/**
 * Records that no listener could use: by their ids, never by what they hold. Outside of a project
 * those of all, for who may speak for all.
 */
@Controller
class DeadLetterPagesController {
  private static final String OF_PROJECT = Addresses.OF_PROJECT + "/admin/dead-letters";
  private static final String OF_ALL = "/ui/admin/dead-letters";
  private static final int OF_A_PAGE = 50;

  /** At the API's usual rate somebody who looks at the page waits two seconds for these. */
  private static final int SENT_AT_ONCE = 100;

  private final DeadLetterDesk desk;
  private final Clock clock;

  DeadLetterPagesController(DeadLetterDesk desk, Clock clock) {
    this.desk = desk;
    this.clock = clock;
  }

  /**
   * Which letters are meant; what is blank does not count.
   *
   * @param hours put aside within so many
   */
  record Form(@Nullable String topic, @Nullable String group, @Nullable String hours) {
    boolean filtered() {
      return orNull(topic) != null || orNull(group) != null || orNull(hours) != null;
    }

    @Nullable String from(Clock clock) {
      String wanted = orNull(hours);
      if (wanted == null) {
        return null;
      }
      if (!wanted.matches("[0-9]{1,4}")) {
        throw ApiProblem.invalid("Choose since when the letters were put aside.");
      }
      return clock.instant().minus(Duration.ofHours(Long.parseLong(wanted))).toString();
    }

    private static @Nullable String orNull(@Nullable String text) {
      return text == null || text.isBlank() ? null : text.strip();
    }
  }

  @GetMapping({OF_PROJECT, OF_ALL})
  String list(
      Caller caller,
      Form form,
      @RequestParam(required = false) @Nullable String cursor,
      Model model,
      HttpServletRequest request) {
    DeadLetterFilter filter =
        DeadLetterFilter.of(
            caller.projectId(),
            Form.orNull(form.topic()),
            Form.orNull(form.group()),
            form.from(clock),
            null);
    model.addAttribute("section", Section.ADMIN);
    model.addAttribute("page", desk.list(filter, cursor, OF_A_PAGE));
    model.addAttribute("form", form);
    model.addAttribute("filtered", form.filtered());
    model.addAttribute("first", cursor == null);
    model.addAttribute("ofAll", caller.projectId() == null);
    model.addAttribute("known", Arrays.stream(Topic.values()).map(Topic::topicName).toList());
    model.addAttribute("address", address(caller));
    return Htmx.asks(request)
        ? "dashboard/admin-dead-letters :: live"
        : "dashboard/admin-dead-letters";
  }

  /**
   * Sends them again, or says what would be sent.
   *
   * @param id of one letter; without it all that the form leaves
   * @param place where an answer before this one stopped
   */
  @PostMapping({OF_PROJECT + "/replay", OF_ALL + "/replay"})
  String replay(
      Caller caller,
      Form form,
      @RequestParam(required = false) @Nullable String id,
      @RequestParam(defaultValue = "false") boolean again,
      @RequestParam(defaultValue = "false") boolean force,
      @RequestParam(defaultValue = "false") boolean dry,
      @RequestParam(required = false) @Nullable String place,
      Model model,
      HttpServletRequest request) {
    var wish =
        new ReplayWish(
            id == null ? null : List.of(id),
            Form.orNull(form.topic()),
            Form.orNull(form.group()),
            form.from(clock),
            null,
            again,
            force,
            dry,
            SENT_AT_ONCE,
            null,
            Form.orNull(place));
    model.addAttribute("replay", desk.replay(caller.projectId(), wish, Actor.of(caller, request)));
    model.addAttribute("again", again);
    model.addAttribute("force", force);
    return list(caller, form, null, model, request);
  }

  private static String address(Caller caller) {
    return caller.projectId() == null
        ? OF_ALL
        : Addresses.project(caller.projectId()) + "/admin/dead-letters";
  }
}
