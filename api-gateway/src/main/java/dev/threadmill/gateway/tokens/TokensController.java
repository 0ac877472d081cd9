package dev.threadmill.gateway.tokens;

import dev.threadmill.gateway.audit.Actor;
import dev.threadmill.gateway.security.Caller;
import dev.threadmill.gateway.tokens.TokenChanges.Created;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.util.List;
import java.util.UUID;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/**
 * Gives tokens out and takes them back. A caller whose token is bound to a project, or who names
 * one, sees and gives out tokens of that project only.
 */
@RestController
@RequestMapping("/tokens")
class TokensController {
  private static final int MOST_LISTED = 1000;

  private final TokenChanges tokens;

  TokensController(TokenChanges tokens) {
    this.tokens = tokens;
  }

  record Listed(List<TokenView> items) {}

  /** A thousand at the most: those that are not revoked before the others, the newest first. */
  @GetMapping
  Listed list(Caller caller) {
    return new Listed(tokens.list(caller, MOST_LISTED));
  }

  @PostMapping
  @ResponseStatus(HttpStatus.CREATED)
  ResponseEntity<Created> create(
      Caller caller, @RequestBody NewToken wanted, HttpServletRequest request) {
    Created created = tokens.create(wanted, Actor.of(caller, request));
    return ResponseEntity.created(URI.create("/tokens/" + created.details().id()))
        .cacheControl(CacheControl.noStore())
        .body(created);
  }

  /** Takes effect with the next request; streams that are open end within a minute. */
  @DeleteMapping("/{id}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void revoke(Caller caller, @PathVariable UUID id, HttpServletRequest request) {
    tokens.revoke(id, Actor.of(caller, request));
  }
}
