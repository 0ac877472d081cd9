package dev.threadmill.gateway.deadletters;

import dev.threadmill.gateway.page.Cursor;
import dev.threadmill.gateway.problem.ApiProblem;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Which dead letters to send again, and how.
 *
 * @param ids these only, 100 at the most; else all that the other fields leave
 * @param topic of those that stood in this topic
 * @param group of those that this consumer group's listener could not use
 * @param from put aside at this time or later, ISO 8601 with an offset
 * @param to put aside before this time; what dies again meanwhile never is among them
 * @param again also those that were sent again already and did not come back; those named by id are
 *     anyway
 * @param force also those that were sent again too often, and those that are no valid events
 * @param dryRun only tell what would be done
 * @param limit of letters in this call, 1 to 1000; 100 by default
 * @param perSecond so many at the most, 1 to 1000; 50 by default. A call may take a minute
 * @param cursor of the answer before: goes on behind it
 */
public record ReplayWish(
    @Nullable List<String> ids,
    @Nullable String topic,
    @Nullable String group,
    @Nullable String from,
    @Nullable String to,
    @Nullable Boolean again,
    @Nullable Boolean force,
    @Nullable Boolean dryRun,
    @Schema(minimum = "1", maximum = "" + ReplayWish.MOST) @Nullable Integer limit,
    @Schema(minimum = "1", maximum = "" + ReplayWish.MOST) @Nullable Integer perSecond,
    @Nullable String cursor) {
  private static final int MOST_IDS = 100;
  static final int MOST = 1000;
  private static final int DEFAULT_LIMIT = 100;
  private static final int DEFAULT_RATE = 50;
  private static final int MOST_SECONDS = 60;

  /**
   * The same, checked.
   *
   * @param ids null: all that the filter takes
   * @param place where to begin; null: with the first one
   */
  record Checked(
      @Nullable List<LetterId> ids,
      DeadLetterFilter filter,
      @Nullable LetterId place,
      boolean again,
      boolean force,
      boolean dryRun,
      int limit,
      int perSecond) {}

  /** Where a replay goes on, and before which time its letters were put aside. */
  record Place(LetterId letter, Instant before) {
    String cursor() {
      return Cursor.of(letter, before);
    }
  }

  Checked checked(@Nullable UUID projectId, Instant now) {
    int most = number("limit", limit, DEFAULT_LIMIT);
    int rate = number("per_second", perSecond, DEFAULT_RATE);
    if (most > rate * MOST_SECONDS) {
      throw ApiProblem.invalid(
          "'limit' letters at 'per_second' take longer than %d seconds; send fewer, and go on with the cursor."
              .formatted(MOST_SECONDS));
    }
    Place place =
        Cursor.read(
            cursor, keys -> new Place(LetterId.read(keys[0]).orElseThrow(), Cursor.time(keys[1])));
    DeadLetterFilter wanted = DeadLetterFilter.of(projectId, topic, group, from, to);
    Instant before = place == null ? now : place.before();
    if (wanted.to() != null && wanted.to().isBefore(before)) {
      before = wanted.to();
    }
    return new Checked(
        checkedIds(),
        new DeadLetterFilter(wanted.topic(), wanted.group(), projectId, wanted.from(), before),
        place == null ? null : place.letter(),
        Boolean.TRUE.equals(again),
        Boolean.TRUE.equals(force),
        Boolean.TRUE.equals(dryRun),
        most,
        rate);
  }

  private @Nullable List<LetterId> checkedIds() {
    if (ids == null) {
      return null;
    }
    if (ids.size() > MOST_IDS) {
      throw ApiProblem.invalid("'ids' has at most " + MOST_IDS + " of them.");
    }
    List<LetterId> all = new ArrayList<>();
    // A list of JSON may hold null.
    for (@Nullable String id : ids) {
      all.add(
          LetterId.read(id == null ? "" : id)
              .orElseThrow(
                  () ->
                      ApiProblem.invalid("'ids' holds something that is no id of a dead letter.")));
    }
    return all.stream().distinct().toList();
  }

  private static int number(String name, @Nullable Integer wanted, int otherwise) {
    int value = wanted == null ? otherwise : wanted;
    if (value < 1 || value > MOST) {
      throw ApiProblem.invalid("'%s' must be 1 to %d.".formatted(name, MOST));
    }
    return value;
  }
}
