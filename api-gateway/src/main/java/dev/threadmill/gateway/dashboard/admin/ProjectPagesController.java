package dev.threadmill.gateway.dashboard.admin;

import dev.threadmill.core.project.Project;
import dev.threadmill.core.project.Projects;
import dev.threadmill.gateway.audit.Actor;
import dev.threadmill.gateway.dashboard.Addresses;
import dev.threadmill.gateway.dashboard.Section;
import dev.threadmill.gateway.projects.DeletionRequests;
import dev.threadmill.gateway.projects.ProjectAccess;
import dev.threadmill.gateway.projects.ProjectChanges;
import dev.threadmill.gateway.projects.ProjectName;
import dev.threadmill.gateway.projects.TimeZoneName;
import dev.threadmill.gateway.security.CallerProjectResolver;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.UUID;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;

/**
 * The projects themselves. Who has a token of one sees that one; made, changed and unmade they are
 * with a token for all.
 */
@Controller
@RequestMapping("/ui/admin/projects")
class ProjectPagesController {
  private static final String ONE = "/{id:[0-9a-fA-F-]{36}}";
  private static final int MOST_RECEIPTS = 20;

  private final Projects projects;
  private final ProjectAccess access;
  private final ProjectChanges changes;
  private final DeletionRequests deletions;

  ProjectPagesController(
      Projects projects, ProjectAccess access, ProjectChanges changes, DeletionRequests deletions) {
    this.projects = projects;
    this.access = access;
    this.changes = changes;
    this.deletions = deletions;
  }

  @GetMapping
  String list(Model model) {
    UUID bound = CallerProjectResolver.caller().projectId();
    model.addAttribute("section", Section.ADMIN);
    model.addAttribute("active", bound == null ? projects.list() : List.of(access.shown(bound)));
    model.addAttribute("archived", bound == null ? projects.listArchived() : List.of());
    model.addAttribute("receipts", bound == null ? deletions.newest(MOST_RECEIPTS) : List.of());
    return "dashboard/admin-projects";
  }

  @PostMapping
  String create(@RequestParam(defaultValue = "") String name, HttpServletRequest request) {
    ProjectAccess.requireAllProjects();
    Project created = changes.create(ProjectName.of(name), actor(request));
    return "redirect:" + Addresses.project(created.id()) + "/admin/sources";
  }

  @GetMapping(ONE)
  String one(@PathVariable UUID id, Model model) {
    Project shown = access.shown(id);
    if (deletions.find(id).isPresent()) {
      return "redirect:" + address(id) + "/deletion";
    }
    model.addAttribute("section", Section.ADMIN);
    model.addAttribute("one", shown);
    return "dashboard/admin-project";
  }

  @PostMapping(ONE)
  String change(
      @PathVariable UUID id,
      @RequestParam(defaultValue = "") String name,
      @RequestParam(defaultValue = "") String zone,
      HttpServletRequest request) {
    var unusedBefore = changeable(id);
    var unused =
        changes.change(id, ProjectName.of(name), TimeZoneName.of(zone.strip()), actor(request));
    return "redirect:" + address(id);
  }

  @PostMapping(ONE + "/archive")
  String archive(
      @PathVariable UUID id,
      @RequestParam(defaultValue = "") String confirm,
      HttpServletRequest request) {
    Confirmation.require(changeable(id), confirm);
    var unused = changes.archive(id, actor(request));
    return "redirect:" + address(id);
  }

  @PostMapping(ONE + "/restore")
  String restore(@PathVariable UUID id, HttpServletRequest request) {
    var unusedBefore = changeable(id);
    var unused = changes.restore(id, actor(request));
    return "redirect:" + address(id);
  }

  @PostMapping(ONE + "/delete")
  String delete(
      @PathVariable UUID id,
      @RequestParam(defaultValue = "") String confirm,
      HttpServletRequest request) {
    Project shown = changeable(id);
    Confirmation.require(shown, confirm);
    var unused = deletions.request(shown, shown.name(), actor(request));
    return "redirect:" + address(id) + "/deletion";
  }

  private Project changeable(UUID id) {
    Project shown = access.shown(id);
    ProjectAccess.requireAllProjects();
    return shown;
  }

  private static String address(UUID id) {
    return "/ui/admin/projects/" + id;
  }

  private static Actor actor(HttpServletRequest request) {
    return Actor.of(CallerProjectResolver.caller(), request);
  }
}
