package dev.threadmill.gateway.security;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
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

  @JsonValue
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The scope of this name; there must be one. */
  @JsonCreator
  public static Scope of(String wireName) {
    return valueOf(wireName.toUpperCase(Locale.ROOT));
  }

  List<GrantedAuthority> authorities() {
    return Arrays.stream(values())
        .filter(scope -> scope.compareTo(this) <= 0)
        .<GrantedAuthority>map(scope -> new SimpleGrantedAuthority(scope.wireName()))
        .toList();
  }
}
