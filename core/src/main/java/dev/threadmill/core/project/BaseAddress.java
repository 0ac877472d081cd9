package dev.threadmill.core.project;

import java.net.URI;
import java.util.Locale;

/** The one spelling in which a server's address is stored and compared. */
public final class BaseAddress {
  private static final int HTTP = 80;
  private static final int HTTPS = 443;

  private BaseAddress() {}

  /**
   * Scheme and host in lower case, without the scheme's own port and without a dot or a slash at
   * the end; without user, query and fragment, which no such address has.
   *
   * @param address of {@code http} or {@code https}, with a host
   */
  public static URI normal(URI address) {
    String scheme = address.getScheme().toLowerCase(Locale.ROOT);
    String host = address.getHost().toLowerCase(Locale.ROOT).replaceAll("\\.$", "");
    String path = address.normalize().getRawPath().replaceAll("/+$", "");
    return URI.create(scheme + "://" + host + port(scheme, address.getPort()) + path);
  }

  private static String port(String scheme, int port) {
    int usual = scheme.equals("http") ? HTTP : HTTPS;
    return port < 0 || port == usual ? "" : ":" + port;
  }
}
