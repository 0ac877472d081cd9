package dev.threadmill.gateway.campaigns;

import dev.threadmill.gateway.page.GlobalId;
import java.util.List;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** Finds the contact that a caller names. */
@Component
public class Contact {
  private final OptOutRows rows;

  Contact(OptOutRows rows) {
    this.rows = rows;
  }

  /**
   * @param given its global id or Chatwoot's number
   * @throws dev.threadmill.gateway.problem.ApiProblem when the project has none, or several
   */
  public String globalId(UUID project, String given) {
    GlobalId wanted = GlobalId.read("cwc", project, given);
    return GlobalId.only(wanted == null ? List.of() : rows.contacts(project, wanted), "contact");
  }
}
