package dev.threadmill.scheduler.signals;

import dev.threadmill.core.signal.SignalType;

/** What a rule found in a message. */
record ByWords(SignalType type, String ruleId, int severity, double confidence, String quote) {}
