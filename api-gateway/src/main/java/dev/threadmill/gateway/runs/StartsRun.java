package dev.threadmill.gateway.runs;

import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** On a call that is answered by {@link StartedRuns}: what the contract says of its answers. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@ApiResponse(
    responseCode = "200",
    description = "The run, which finished in the time that was waited.",
    content = @Content(schema = @Schema(implementation = RunView.class)))
@ApiResponse(
    responseCode = "202",
    description = "It is queued or running; Location tells where to look.",
    content = @Content(schema = @Schema(implementation = StartedRuns.Accepted.class)))
public @interface StartsRun {}
