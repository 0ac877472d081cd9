package dev.threadmill.scheduler.signals;

/** How often a detector was right. */
final class Quality {
  private int right;
  private int wrong;
  private int missed;

  void count(boolean meant, boolean found) {
    right += meant && found ? 1 : 0;
    wrong += found && !meant ? 1 : 0;
    missed += meant && !found ? 1 : 0;
  }

  void add(Quality other) {
    right += other.right;
    wrong += other.wrong;
    missed += other.missed;
  }

  int right() {
    return right;
  }

  int wrong() {
    return wrong;
  }

  double precision() {
    return right + wrong == 0 ? 1 : (double) right / (right + wrong);
  }

  double recall() {
    return right + missed == 0 ? 1 : (double) right / (right + missed);
  }

  @Override
  public String toString() {
    return "precision %.2f, recall %.2f (right %d, wrong %d, missed %d)"
        .formatted(precision(), recall(), right, wrong, missed);
  }
}
