package dev.threadmill.gateway.dashboard.admin;

import dev.threadmill.core.project.Project;
import dev.threadmill.core.project.Projects;
import dev.threadmill.gateway.audit.AuditLog;
import dev.threadmill.gateway.audit.AuditLog.Filter;
import dev.threadmill.gateway.audit.AuditLog.Found;
import dev.threadmill.gateway.dashboard.Addresses;
import dev.threadmill.gateway.dashboard.Section;
import dev.threadmill.gateway.page.Parameters;
import dev.threadmill.gateway.security.Caller;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;

/** Who changed what, the newest first; outside of a project, in all that the caller may see. */
@Controller
class AuditPagesController {
  private static final String OF_ALL = "/ui/admin/audit";
  private static final int OF_A_PAGE = 50;

  private final AuditLog audit;
  private final Projects projects;

  AuditPagesController(AuditLog audit, Projects projects) {
    this.audit = audit;
    this.projects = projects;
  }

  @GetMapping({Addresses.OF_PROJECT + "/admin/audit", OF_ALL})
  String list(
      Caller caller,
      @RequestParam(defaultValue = "") String action,
      @RequestParam(defaultValue = "") String by,
      @RequestParam(required = false) @Nullable Long before,
      Model model) {
    UUID project = caller.projectId();
    var filter = new Filter(text("action", action), text("by", by));
    Found found = audit.find(project, filter, before == null ? Long.MAX_VALUE : before, OF_A_PAGE);
    model.addAttribute("section", Section.ADMIN);
    model.addAttribute("lines", found.items().stream().map(AuditLine::of).toList());
    model.addAttribute("before", found.before());
    model.addAttribute("filter", filter);
    model.addAttribute("filtered", !filter.action().isEmpty() || !filter.by().isEmpty());
    model.addAttribute("first", before == null);
    model.addAttribute("ofAll", project == null);
    model.addAttribute("names", project == null ? names() : Map.of());
    model.addAttribute(
        "address", project == null ? OF_ALL : Addresses.project(project) + "/admin/audit");
    return "dashboard/admin-audit";
  }

  private static String text(String name, String value) {
    return Objects.requireNonNull(Parameters.text(name, value)).strip();
  }

  private Map<UUID, String> names() {
    return projects.list().stream().collect(Collectors.toMap(Project::id, Project::name));
  }
}
