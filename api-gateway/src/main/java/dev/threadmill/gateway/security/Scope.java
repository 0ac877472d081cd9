package dev.threadmill.gateway.security;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.authority.SimpleGrantedAuthority;

/** What a token may do; each scope includes those before it. */
public enum Scope {
  READ,
  RUN,
  ADMIN;

  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Scope of(String wireName) {
    return valueOf(wireName.toUpperCase(Locale.ROOT));
  }

  List<GrantedAuthority> authorities() {
    return Arrays.stream(values())
        .filter(scope -> scope.compareTo(this) <= 0)
        .<GrantedAuthority>map(scope -> new SimpleGrantedAuthority(scope.wireName()))
        .toList();
  }
}
