package dev.threadmill.gateway.deadletters;

import dev.threadmill.gateway.audit.Actor;
import dev.threadmill.gateway.page.Parameters;
import dev.threadmill.gateway.problem.ApiProblem;
import dev.threadmill.gateway.security.Caller;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Records that no listener could use. Who names a project, or has a token that is bound to one,
 * sees that project's only; what is no event belongs to none.
 */
@RestController
@RequestMapping("/admin/dead-letters")
class DeadLettersController {
  private final DeadLetterDesk desk;

  DeadLettersController(DeadLetterDesk desk) {
    this.desk = desk;
  }

  /**
   * Which dead letters to list.
   *
   * @param topic where the records stood
   * @param group whose listener could not use them
   * @param from put aside at this time or later, ISO 8601 with an offset
   * @param to put aside before this time
   * @param cursor from the page before
   */
  record Query(
      @Nullable String topic,
      @Nullable String group,
      @Nullable String from,
      @Nullable String to,
      @Nullable String cursor,
      @Nullable Integer limit) {}

  /**
   * How many letters lie in a topic.
   *
   * @param deadLetterTopic Kafka's name of it
   */
  record TopicCount(String deadLetterTopic, String topic, String consumerGroup, long letters) {}

  /**
   * A page; it may have fewer items than were asked for, and even none, and yet not be the last.
   *
   * @param nextCursor for the next page; null on the last
   * @param topics how many there are in all, on the first page of a caller who speaks for all
   *     projects
   */
  record Listed(
      List<LetterView> items, @Nullable String nextCursor, @Nullable List<TopicCount> topics) {}

  /** By topic and partition, the oldest first. Ids only; the records themselves are not shown. */
  @GetMapping
  Listed list(Caller caller, @ModelAttribute Query query) {
    int limit = Parameters.limit(query.limit());
    DeadLetterFilter filter =
        DeadLetterFilter.of(
            caller.projectId(), query.topic(), query.group(), query.from(), query.to());
    DeadLetterDesk.Page page = desk.list(filter, query.cursor(), limit);
    return new Listed(
        page.letters(), page.next(), page.topics() == null ? null : counts(page.topics()));
  }

  @GetMapping("/{id}")
  LetterView one(Caller caller, @PathVariable String id) {
    return desk.find(caller.projectId(), id).orElseThrow(() -> ApiProblem.notFound("dead letter"));
  }

  /**
   * Sends letters to their topics again, for all groups that read there: to handle an event twice
   * is harmless. One that comes back is a new letter, which knows how often it was sent again.
   */
  @PostMapping("/replay")
  Replay replay(
      Caller caller,
      @RequestBody(required = false) @Nullable ReplayWish wish,
      HttpServletRequest request) {
    ReplayWish wanted =
        wish == null
            ? new ReplayWish(null, null, null, null, null, null, null, null, null, null, null)
            : wish;
    return desk.replay(caller.projectId(), wanted, Actor.of(caller, request));
  }

  private static List<TopicCount> counts(List<DeadLetterDesk.InTopic> topics) {
    return topics.stream()
        .map(one -> new TopicCount(one.name(), one.topic(), one.group(), one.letters()))
        .toList();
  }
}
