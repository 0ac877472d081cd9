package dev.threadmill.core.signal;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What a signal points at. */
public enum SignalType {
  DELIVERY_RISK,
  COMMERCIAL_PRESSURE,
  UPSELL_INTENT,
  URGENCY,
  CHURN_RISK,
  COMPLAINT,
  PRAISE,
  REFUND_REQUEST,
  BUG_REPORT,
  /** Silence against the customer's own rhythm; no words tell it. */
  COMMUNICATION_GAP;

  @JsonValue
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  @JsonCreator
  public static SignalType of(String wireName) {
    return find(wireName)
        .orElseThrow(() -> new IllegalArgumentException("there is no signal '" + wireName + "'"));
  }

  public static Optional<SignalType> find(String wireName) {
    return Arrays.stream(values()).filter(type -> type.wireName().equals(wireName)).findFirst();
  }

  /** Whether it is found in what a customer says. */
  public boolean said() {
    return this != COMMUNICATION_GAP;
  }

  public static List<String> wireNames() {
    return Arrays.stream(values()).map(SignalType::wireName).toList();
  }
}
