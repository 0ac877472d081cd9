package dev.threadmill.gateway.page;

import dev.threadmill.gateway.problem.ApiProblem;
import dev.threadmill.gateway.problem.ProblemCode;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How callers name a contact or a conversation: by its global id, or by Chatwoot's number of it,
 * which is unique while the project has one account.
 *
 * @param text the global id; null when the number was given
 * @param number null when the global id was given
 */
public record GlobalId(@Nullable String text, @Nullable Long number) {
  private static final Pattern NUMBER = Pattern.compile("[1-9][0-9]{0,17}");

  /**
   * @param kind how the global ids of such things begin
   * @return null when it is neither, or belongs to another project: nothing has such an id here
   */
  public static @Nullable GlobalId read(String kind, UUID project, String given) {
    if (NUMBER.matcher(given).matches()) {
      return new GlobalId(null, Long.valueOf(given));
    }
    String prefix = kind + ":" + project + ":";
    String[] rest =
        given.startsWith(prefix) ? given.substring(prefix.length()).split(":", -1) : new String[0];
    return rest.length == 2
            && NUMBER.matcher(rest[0]).matches()
            && NUMBER.matcher(rest[1]).matches()
        ? new GlobalId(given, null)
        : null;
  }

  /** The same, as a filter: what is neither is refused by name. */
  public static @Nullable GlobalId filter(
      String name, String kind, UUID project, @Nullable String given) {
    if (given == null) {
      return null;
    }
    GlobalId id = read(kind, project, given);
    if (id == null) {
      throw ApiProblem.invalid(
          "'%s' is the number or the global id of something in this project.".formatted(name));
    }
    return id;
  }

  /**
   * The only thing of an id.
   *
   * @param what the kind of thing, for the problem
   * @throws ApiProblem when there is none, or one in each of several accounts
   */
  public static <T> T only(List<T> found, String what) {
    if (found.isEmpty()) {
      throw ApiProblem.notFound(what);
    }
    if (found.size() > 1) {
      throw new ApiProblem(
          ProblemCode.AMBIGUOUS_ID,
          "Several accounts of this project have a %s of this number; use its global_id."
              .formatted(what));
    }
    return found.getFirst();
  }
}
