package dev.threadmill.core.run;

import dev.threadmill.core.job.RunStatus;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is written when a run ends. */
record RunEnd(
    RunStatus status,
    long processed,
    Map<String, ?> progress,
    Map<String, ?> result,
    @Nullable String errorClass,
    @Nullable String error) {}
