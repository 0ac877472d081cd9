package dev.threadmill.gateway.campaigns;

import dev.threadmill.gateway.audit.Actor;
import dev.threadmill.gateway.campaigns.OptOutChanges.Added;
import dev.threadmill.gateway.campaigns.OptOutRows.OptOutView;
import dev.threadmill.gateway.page.Page;
import dev.threadmill.gateway.problem.ApiProblem;
import dev.threadmill.gateway.security.CallerProject;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.media.Schema.RequiredMode;
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
  private final OptOutReading reading;
  private final Contact contacts;
  private final OptOutChanges changes;

  OptOutsController(OptOutReading reading, Contact contacts, OptOutChanges changes) {
    this.reading = reading;
    this.contacts = contacts;
    this.changes = changes;
  }

  /**
   * Who is to be left alone.
   *
   * @param contact its number or global id
   * @param reason at most 500 characters; shown to all who look
   */
  record Wish(
      @Schema(requiredMode = RequiredMode.REQUIRED) @Nullable String contact,
      @Schema(maxLength = 500) @Nullable String reason) {
    String checkedContact() {
      if (contact == null) {
        throw ApiProblem.invalid("'contact' is the number or the global id of one.");
      }
      return contact;
    }
  }

  /** The newest first, in pages. */
  @GetMapping
  Page<OptOutView> list(
      CallerProject project,
      @RequestParam(required = false) @Nullable String cursor,
      @RequestParam(required = false) @Nullable Integer limit) {
    return reading.list(project.id(), cursor, limit);
  }

  /** Takes effect at once, also for what is drafted and approved. */
  @PostMapping
  @ResponseStatus(HttpStatus.CREATED)
  ResponseEntity<Added> add(
      CallerProject project, @RequestBody Wish wish, HttpServletRequest request) {
    String contact = contacts.globalId(project.id(), wish.checkedContact());
    Added added =
        changes.add(project.id(), contact, wish.reason(), Actor.of(project.caller(), request));
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
