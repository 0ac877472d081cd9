package dev.threadmill.gateway.contacts;

import dev.threadmill.core.project.Sources;
import dev.threadmill.gateway.chatwoot.ChatwootLinks;
import dev.threadmill.gateway.page.Cursor;
import dev.threadmill.gateway.page.GlobalId;
import dev.threadmill.gateway.page.Page;
import dev.threadmill.gateway.page.Parameters;
import dev.threadmill.gateway.security.CallerProject;
import java.util.List;
import org.springdoc.core.annotations.ParameterObject;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** The people of the conversations. */
@RestController
@RequestMapping("/contacts")
class ContactsController {
  private final Contacts contacts;
  private final Sources sources;

  ContactsController(Contacts contacts, Sources sources) {
    this.contacts = contacts;
    this.sources = sources;
  }

  /** The newest first, in pages. */
  @GetMapping
  Page<ContactView> list(
      CallerProject project, @ParameterObject @ModelAttribute ContactsQuery query) {
    int limit = Parameters.limit(query.limit());
    return Page.of(
        contacts.list(project.id(), query.filter(), limit, links(project)),
        limit,
        last -> Cursor.of(last.contactId(), last.globalId()));
  }

  /** By its global id or Chatwoot's number. */
  @GetMapping("/{id}")
  ContactView one(CallerProject project, @PathVariable String id) {
    GlobalId wanted = GlobalId.read("cwc", project.id(), id);
    List<ContactView> found =
        wanted == null ? List.of() : contacts.find(project.id(), wanted, links(project));
    return GlobalId.only(found, "contact");
  }

  private ChatwootLinks links(CallerProject project) {
    return new ChatwootLinks(sources.ofProject(project.id()));
  }
}
