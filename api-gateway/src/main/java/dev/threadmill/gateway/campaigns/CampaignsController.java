package dev.threadmill.gateway.campaigns;

import dev.threadmill.core.campaign.CampaignState.Action;
import dev.threadmill.core.campaign.Segment;
import dev.threadmill.core.campaign.Step;
import dev.threadmill.gateway.audit.Actor;
import dev.threadmill.gateway.campaigns.CampaignReading.Details;
import dev.threadmill.gateway.campaigns.MemberRows.MemberView;
import dev.threadmill.gateway.campaigns.Preview.PreviewView;
import dev.threadmill.gateway.page.Page;
import dev.threadmill.gateway.security.CallerProject;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Campaigns. A person approves one before anything of it is sent. */
@RestController
@RequestMapping("/campaigns")
class CampaignsController {
  private final CampaignReading reading;
  private final CampaignChanges changes;

  CampaignsController(CampaignReading reading, CampaignChanges changes) {
    this.reading = reading;
    this.changes = changes;
  }

  /**
   * What is to be previewed.
   *
   * @param segment absent: every contact
   * @param steps absent: no texts are shown
   */
  record PreviewWish(@Nullable Segment segment, @Nullable List<Step> steps) {}

  /** The newest first, in pages. */
  @GetMapping
  Page<CampaignView> list(
      CallerProject project,
      @Parameter(
              schema =
                  @Schema(
                      allowableValues = {"draft", "approved", "running", "paused", "completed"}))
          @RequestParam(required = false)
          @Nullable String state,
      @RequestParam(required = false) @Nullable String cursor,
      @RequestParam(required = false) @Nullable Integer limit) {
    return reading.list(project.id(), state, cursor, limit);
  }

  /** It is a draft. */
  @PostMapping
  @ResponseStatus(HttpStatus.CREATED)
  ResponseEntity<CampaignView> create(
      CallerProject project, @RequestBody CampaignWish wish, HttpServletRequest request) {
    CampaignView created = changes.create(project.id(), wish, Actor.of(project.caller(), request));
    return ResponseEntity.created(URI.create("/campaigns/" + created.id())).body(created);
  }

  @GetMapping("/{id}")
  Details one(CallerProject project, @PathVariable UUID id) {
    return reading.one(project.id(), id);
  }

  /** While it is a draft. */
  @PatchMapping("/{id}")
  CampaignView change(
      CallerProject project,
      @PathVariable UUID id,
      @RequestBody CampaignWish wish,
      HttpServletRequest request) {
    return changes.change(project.id(), id, wish, Actor.of(project.caller(), request));
  }

  /** Its messages go out from now on, as its rules say; the one that was seen. */
  @PostMapping("/{id}/approve")
  CampaignView approve(
      CallerProject project,
      @PathVariable UUID id,
      @RequestBody(required = false) @Nullable Approval approval,
      HttpServletRequest request) {
    return changes.move(
        project.id(),
        id,
        Action.APPROVE,
        Objects.requireNonNullElse(approval, Approval.ANY),
        Actor.of(project.caller(), request));
  }

  /** Nothing of it is sent until it is resumed. */
  @PostMapping("/{id}/pause")
  CampaignView pause(CallerProject project, @PathVariable UUID id, HttpServletRequest request) {
    return move(project, id, Action.PAUSE, request);
  }

  @PostMapping("/{id}/resume")
  CampaignView resume(CallerProject project, @PathVariable UUID id, HttpServletRequest request) {
    return move(project, id, Action.RESUME, request);
  }

  /** It is over: nothing of it is sent any more. */
  @PostMapping("/{id}/complete")
  CampaignView complete(CallerProject project, @PathVariable UUID id, HttpServletRequest request) {
    return move(project, id, Action.COMPLETE, request);
  }

  /** Whom it would reach if it began now. */
  @GetMapping("/{id}/preview")
  PreviewView preview(CallerProject project, @PathVariable UUID id) {
    return reading.preview(project.id(), id);
  }

  /** The same for what is no campaign yet. */
  @PostMapping("/preview")
  PreviewView preview(CallerProject project, @RequestBody PreviewWish wish) {
    return reading.preview(
        project.id(),
        Objects.requireNonNullElse(wish.segment(), Segment.ALL),
        Objects.requireNonNullElse(wish.steps(), List.of()));
  }

  /** In the order in which they were enrolled, in pages. */
  @GetMapping("/{id}/members")
  Page<MemberView> members(
      CallerProject project,
      @PathVariable UUID id,
      @Parameter(schema = @Schema(allowableValues = {"active", "finished", "stopped"}))
          @RequestParam(required = false)
          @Nullable String state,
      @RequestParam(required = false) @Nullable String cursor,
      @RequestParam(required = false) @Nullable Integer limit) {
    return reading.members(project.id(), id, state, cursor, limit);
  }

  private CampaignView move(
      CallerProject project, UUID id, Action action, HttpServletRequest request) {
    return changes.move(
        project.id(), id, action, Approval.ANY, Actor.of(project.caller(), request));
  }
}
