package dev.threadmill.gateway.dashboard.admin;

import dev.threadmill.gateway.audit.AuditEntry;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * An entry of the audit log with what is different after it.
 *
 * @param receipt whether a receipt of a deletion may be looked at
 */
record AuditLine(AuditEntry entry, List<Difference> changes, boolean receipt) {
  /**
   * A field that is not what it was.
   *
   * @param before null: it was not there
   * @param after null: it is gone
   */
  record Difference(String field, @Nullable String before, @Nullable String after) {}

  static AuditLine of(AuditEntry entry) {
    var fields = new TreeSet<String>();
    if (entry.before() != null) {
      fields.addAll(entry.before().propertyNames());
    }
    if (entry.after() != null) {
      fields.addAll(entry.after().propertyNames());
    }
    List<Difference> changes =
        fields.stream()
            .map(field -> difference(field, entry))
            .filter(one -> one.before() == null || !one.before().equals(one.after()))
            .filter(one -> one.before() != null || one.after() != null)
            .toList();
    return new AuditLine(entry, changes, entry.action().equals("project.delete"));
  }

  private static Difference difference(String field, AuditEntry entry) {
    return new Difference(field, text(entry.before(), field), text(entry.after(), field));
  }

  private static @Nullable String text(@Nullable JsonNode all, String field) {
    JsonNode value = all == null ? null : all.get(field);
    if (value == null || value.isNull()) {
      return null;
    }
    return value.isString() ? value.asString() : value.toString();
  }
}
