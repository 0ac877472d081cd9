package dev.threadmill.gateway.dashboard;

import dev.threadmill.gateway.security.Scope;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** The entries of the navigation, in its order. An entry stands here as soon as its page does. */
public enum Section {
  OVERVIEW("Overview", Scope.READ),
  RUNS("Runs", Scope.READ),
  SCHEDULER("Scheduler", Scope.READ),
  SEARCH("Search", Scope.READ),
  SIGNALS("Signals", Scope.READ),
  CUSTOMERS("Customers", Scope.READ),
  CAMPAIGNS("Campaigns", Scope.READ),
  ANALYTICS("Analytics", Scope.READ),
  ADMIN("Admin", Scope.ADMIN);

  private final String title;
  private final Scope needs;

  Section(String title, Scope needs) {
    this.title = title;
    this.needs = needs;
  }

  public String title() {
    return title;
  }

  /** The last part of its address, behind that of the project. */
  public String path() {
    return title.toLowerCase(Locale.ROOT);
  }

  /** Those that a token of this scope may open. */
  static List<Section> of(Scope scope) {
    return Arrays.stream(values()).filter(one -> one.needs.compareTo(scope) <= 0).toList();
  }
}
