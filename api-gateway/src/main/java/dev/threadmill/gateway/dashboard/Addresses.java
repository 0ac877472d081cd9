package dev.threadmill.gateway.dashboard;

import java.util.UUID;

/** Where pages are. */
public final class Addresses {
  /** Of all pages of a project; a controller begins its mapping with it. */
  public static final String OF_PROJECT = "/ui/projects/{project:[0-9a-fA-F-]{36}}";

  private Addresses() {}

  public static String project(UUID id) {
    return "/ui/projects/" + id;
  }
}
