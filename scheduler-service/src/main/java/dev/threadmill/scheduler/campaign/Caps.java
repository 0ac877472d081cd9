package dev.threadmill.scheduler.campaign;

/**
 * What one run knows of the caps that a campaign sets.
 *
 * @param project messages of all campaigns of the project
 * @param campaign contacts that this campaign wrote to
 */
record Caps(Cap project, Cap campaign) {
  static Caps unknown() {
    return new Caps(new Cap(), new Cap());
  }
}
