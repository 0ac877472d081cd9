package dev.threadmill.scheduler.health;

import dev.threadmill.scheduler.health.Facts.End;
import dev.threadmill.scheduler.health.Facts.Rating;
import dev.threadmill.scheduler.health.Facts.Reply;
import dev.threadmill.scheduler.health.Facts.Visit;
import dev.threadmill.scheduler.health.Facts.Wait;
import java.util.ArrayList;
import java.util.List;

/** Stories by how many days ago something happened. */
final class Stories {
  static final long NOW = 1_790_000_000;
  static final long DAY = 86_400;
  static final long HOUR = 3600;

  private final List<Reply> replies = new ArrayList<>();
  private final List<Wait> waits = new ArrayList<>();
  private final List<End> ends = new ArrayList<>();
  private final List<Rating> ratings = new ArrayList<>();
  private final List<Visit> visits = new ArrayList<>();
  private final List<Trouble> troubles = new ArrayList<>();
  private double lastDaysAgo = 1;
  private long number = 100;

  Stories answered(double hours, double daysAgo) {
    replies.add(new Reply(ago(daysAgo), (long) (hours * HOUR), number++, number++));
    return this;
  }

  Stories waits(double hours) {
    waits.add(new Wait(NOW - (long) (hours * HOUR), number++));
    return this;
  }

  Stories resolved(double daysAgo) {
    ends.add(new End(ago(daysAgo), null, null));
    return this;
  }

  Stories cameBack(double daysAgo) {
    ends.add(new End(ago(daysAgo + 1), ago(daysAgo), number++));
    return this;
  }

  Stories rated(int rating, double daysAgo) {
    ratings.add(new Rating(ago(daysAgo), rating, number++));
    return this;
  }

  Stories signal(String type, int severity, boolean accepted, double daysAgo) {
    troubles.add(new Trouble("signal-" + number++, type, severity, accepted, ago(daysAgo)));
    return this;
  }

  /** Wrote so often, every so many days, the last time so many days ago. */
  Stories wrote(int times, double every, double lastDaysAgo) {
    for (int i = times - 1; i >= 0; i--) {
      visits.add(new Visit(ago(lastDaysAgo + i * every), number++));
    }
    this.lastDaysAgo = lastDaysAgo;
    return this;
  }

  Story told() {
    return new Story(replies, waits, ends, ratings, visits, troubles, ago(lastDaysAgo));
  }

  private static long ago(double days) {
    return NOW - (long) (days * DAY);
  }
}
