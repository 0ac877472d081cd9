package dev.threadmill.gateway.search;

import dev.threadmill.gateway.security.CallerProject;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** Finds messages. */
@RestController
class SearchController {
  private final HybridSearch search;

  SearchController(HybridSearch search) {
    this.search = search;
  }

  @PostMapping("/search")
  SearchAnswer search(CallerProject project, @RequestBody SearchWish wish) {
    return search.search(project.id(), wish);
  }
}
