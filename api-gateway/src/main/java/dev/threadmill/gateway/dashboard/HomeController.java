package dev.threadmill.gateway.dashboard;

import dev.threadmill.core.project.Project;
import dev.threadmill.core.project.Projects;
import dev.threadmill.gateway.problem.ApiProblem;
import dev.threadmill.gateway.problem.ProblemCode;
import dev.threadmill.gateway.security.Caller;
import java.util.List;
import java.util.Objects;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;

/** The way in: to the only project, or to the choice of one. */
@Controller
class HomeController {
  private final Projects projects;

  HomeController(Projects projects) {
    this.projects = projects;
  }

  @GetMapping({"/", "/ui", "/ui/"})
  String home(Caller caller) {
    if (caller.projectId() != null) {
      return "redirect:" + Addresses.project(caller.projectId()) + "/overview";
    }
    List<Project> all = projects.list();
    return all.size() == 1
        ? "redirect:" + Addresses.project(all.getFirst().id()) + "/overview"
        : "redirect:/ui/projects";
  }

  @GetMapping(Addresses.OF_PROJECT)
  String project(Caller caller) {
    return "redirect:"
        + Addresses.project(Objects.requireNonNull(caller.projectId()))
        + "/overview";
  }

  @GetMapping("/ui/projects")
  String projects(Caller caller, Model model) {
    model.addAttribute(
        "projects",
        projects.list().stream()
            .filter(one -> caller.projectId() == null || caller.projectId().equals(one.id()))
            .toList());
    return "dashboard/projects";
  }

  /** An address that leads nowhere is answered with a page, too. */
  @RequestMapping("/ui/**")
  String nothing() {
    throw new ApiProblem(
        ProblemCode.NOT_FOUND, "There is no such page. The address may be old, or mistyped.");
  }
}
