package dev.threadmill.gateway.campaigns;

import dev.threadmill.gateway.audit.Actor;
import dev.threadmill.gateway.campaigns.OptOutRows.OptOutView;
import dev.threadmill.gateway.page.Cursor;
import dev.threadmill.gateway.page.Page;
import dev.threadmill.gateway.page.Parameters;
import dev.threadmill.gateway.problem.ApiProblem;
import dev.threadmill.gateway.security.CallerProject;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Contacts to whom no campaign writes, whatever anybody approved. */
@RestController
@RequestMapping("/opt-outs")
class OptOutsController {
  private static final int LONGEST_REASON = 500;

  private final OptOutRows rows;
  private final Contact contacts;
  private final OptOutChanges changes;

  OptOutsController(OptOutRows rows, Contact contacts, OptOutChanges changes) {
    this.rows = rows;
    this.contacts = contacts;
    this.changes = changes;
  }

  /**
   * Who is to be left alone.
   *
   * @param contact its number or global id
   * @param reason at most 500 characters; shown to all who look
   */
  record Wish(@Nullable String contact, @Nullable String reason) {
    String checkedContact() {
      if (contact == null) {
        throw ApiProblem.invalid("'contact' is the number or the global id of one.");
      }
      return contact;
    }

    @Nullable String checkedReason() {
      if (reason != null && reason.length() > LONGEST_REASON) {
        throw ApiProblem.invalid("'reason' has at most " + LONGEST_REASON + " characters.");
      }
      return reason;
    }
  }

  /**
   * What came of it.
   *
   * @param stopped memberships that were active
   * @param inFlight messages that may be on their way at this moment: these can't be held back
   */
  record Added(OptOutView optOut, int stopped, int inFlight) {}

  /** The newest first, in pages. */
  @GetMapping
  Page<OptOutView> list(
      CallerProject project,
      @RequestParam(required = false) @Nullable String cursor,
      @RequestParam(required = false) @Nullable Integer limit) {
    int most = Parameters.limit(limit);
    var after = Cursor.read(cursor, keys -> new OptOutRows.Place(Cursor.time(keys[0]), keys[1]));
    return Page.of(
        rows.list(project.id(), after, most),
        most,
        last -> Cursor.of(last.createdAt(), last.contactGlobalId()));
  }

  /** Takes effect at once, also for what is drafted and approved. */
  @PostMapping
  ResponseEntity<Added> add(
      CallerProject project, @RequestBody Wish wish, HttpServletRequest request) {
    String contact = contacts.globalId(project.id(), wish.checkedContact());
    Added added =
        changes.add(
            project.id(), contact, wish.checkedReason(), Actor.of(project.caller(), request));
    return ResponseEntity.created(URI.create("/opt-outs/" + contact)).body(added);
  }

  /** It may be written to again: by campaigns that enrol it from now on. */
  @DeleteMapping("/{contact}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void remove(CallerProject project, @PathVariable String contact, HttpServletRequest request) {
    changes.remove(
        project.id(),
        contacts.globalId(project.id(), contact),
        Actor.of(project.caller(), request));
  }
}
