package dev.threadmill.gateway.dashboard;

import dev.threadmill.gateway.security.Caller;
import dev.threadmill.gateway.security.Scope;

/**
 * Who looks at a page, as its template asks.
 *
 * @param name of the token
 * @param allProjects whether they may look at other projects, too
 * @param mayRun whether to show what starts, retries and cancels
 * @param mayAdmin whether to show what changes settings
 */
public record Viewer(
    String name, String scope, boolean allProjects, boolean mayRun, boolean mayAdmin) {
  static Viewer of(Caller caller) {
    return new Viewer(
        caller.name(),
        caller.scope().wireName(),
        caller.projectId() == null,
        caller.scope() != Scope.READ,
        caller.scope() == Scope.ADMIN);
  }
}
