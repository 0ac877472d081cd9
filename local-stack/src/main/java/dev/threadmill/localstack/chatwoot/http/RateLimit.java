package dev.threadmill.localstack.chatwoot.http;

import java.time.Clock;

/** Requests per fixed minute, all endpoints together, as Chatwoot's throttle counts them. */
public final class RateLimit {
  private final Clock clock;
  private int perMinute;
  private long minute;
  private int used;

  public RateLimit(Clock clock) {
    this.clock = clock;
  }

  /** 0 turns the limit off. */
  public synchronized void perMinute(int requests) {
    perMinute = requests;
  }

  synchronized boolean exceeded() {
    long now = clock.instant().getEpochSecond() / 60;
    if (now != minute) {
      minute = now;
      used = 0;
    }
    used++;
    return perMinute > 0 && used > perMinute;
  }
}
