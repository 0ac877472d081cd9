package dev.threadmill.core.settings;

/** A configuration variable is missing, unparsable or out of range; the service must not start. */
public final class InvalidSettingException extends RuntimeException {
  private final String variable;

  /** The reason must not repeat the value of a secret. */
  public InvalidSettingException(String variable, String reason) {
    super(variable + " " + reason);
    this.variable = variable;
  }

  public String variable() {
    return variable;
  }
}
