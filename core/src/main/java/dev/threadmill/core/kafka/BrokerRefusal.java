package dev.threadmill.core.kafka;

import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.jspecify.annotations.Nullable;

/** What a broker that answers, but not as wished, wants to be changed. */
final class BrokerRefusal {
  private BrokerRefusal() {}

  /** Null where the broker refused nothing and may only be away. Never repeats what was refused. */
  static @Nullable String of(@Nullable Throwable failure) {
    return switch (failure) {
      case SslAuthenticationException untrusted ->
          "Kafka can't be spoken to with encryption: its certificate is not signed by whom"
              + " KAFKA_CA_FILE names, or is for another host than SPRING_KAFKA_BOOTSTRAP_SERVERS"
              + " names; trying again";
      case AuthenticationException wrong ->
          "Kafka refuses the login: KAFKA_SASL_PASSWORD, KAFKA_SASL_USERNAME or"
              + " KAFKA_SASL_MECHANISM is wrong; trying again";
      case AuthorizationException forbidden ->
          "Kafka refuses the user of KAFKA_SASL_USERNAME what this service needs: give it the"
              + " rights of deploy/kafka-acls.sh; trying again";
      case null, default -> null;
    };
  }
}
