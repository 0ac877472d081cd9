package dev.threadmill.core.chatwoot;

import java.net.ConnectException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Set;

/**
 * Where a Chatwoot server can't be: clouds hand out their own credentials at link-local addresses,
 * and at some others. Private ones stay allowed, for many servers stand in the same network.
 *
 * <p>A name may lead elsewhere tomorrow, so it is asked before each request and not only when a
 * source is bound. The JVM remembers for half a minute where a name leads, so that the request goes
 * where the check looked.
 */
public final class ServerAddress {
  /** Besides link-local addresses; as Java spells them. */
  private static final Set<String> OF_CLOUDS =
      Set.of(
          // Amazon, Google
          "fd00:ec2:0:0:0:0:0:254",
          "fd20:ce:0:0:0:0:0:254",
          // Alibaba, Oracle, Azure
          "100.100.100.200",
          "192.0.0.192",
          "168.63.129.16");

  private ServerAddress() {}

  /** The request was not sent. */
  public static final class NoServerException extends ConnectException {
    private static final long serialVersionUID = 1L;

    NoServerException() {
      super("its name leads to an address that no Chatwoot server has");
    }
  }

  /**
   * Throws where the host's name leads to such an address. One that leads nowhere passes, for the
   * request will say so.
   */
  public static void require(URI address) throws NoServerException {
    try {
      if (leadsToNoServer(address)) {
        throw new NoServerException();
      }
    } catch (UnknownHostException nowhere) {
      // As described.
    }
  }

  public static boolean leadsToNoServer(URI address) throws UnknownHostException {
    // The brackets of an IPv6 address are no part of it.
    String host = address.getHost().replaceAll("[\\[\\]]", "");
    return Arrays.stream(InetAddress.getAllByName(host)).anyMatch(ServerAddress::isNoServer);
  }

  private static boolean isNoServer(InetAddress address) {
    return address.isLinkLocalAddress()
        || address.isAnyLocalAddress()
        || address.isMulticastAddress()
        // An IPv6 address may name its network behind a percent sign.
        || OF_CLOUDS.contains(address.getHostAddress().replaceFirst("%.*", ""));
  }
}
