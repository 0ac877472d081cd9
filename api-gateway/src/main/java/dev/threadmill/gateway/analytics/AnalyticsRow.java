package dev.threadmill.gateway.analytics;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The numbers of a day, a week, a month or the whole time. Only days that were asked for count.
 *
 * @param period its first day
 * @param inboxId null: not grouped by inbox, or the conversations that have none
 * @param agentId of whom conversations are assigned to now; null: not grouped by agent, or nobody
 * @param backlog conversations that were not resolved at the end of the period
 * @param contacts who wrote, each counted once
 * @param signals by type, those that nobody dismissed
 * @param embeddingTokens by days in UTC; null where rows are of inboxes or agents
 */
public record AnalyticsRow(
    LocalDate period,
    @Nullable Long inboxId,
    @Nullable String inbox,
    @Nullable Long agentId,
    @Nullable String agent,
    long opened,
    long resolved,
    long reopened,
    long backlog,
    long messagesIn,
    long messagesOut,
    long contacts,
    @Nullable Double firstResponseSecondsMedian,
    @Nullable Double firstResponseSecondsP90,
    @Nullable Double firstResponseBusinessSecondsMedian,
    @Nullable Double firstResponseBusinessSecondsP90,
    @Nullable Double resolutionSecondsMedian,
    @Nullable Double resolutionSecondsP90,
    @Nullable Double resolutionBusinessSecondsMedian,
    @Nullable Double resolutionBusinessSecondsP90,
    Map<String, Long> signals,
    @Nullable Long embeddingTokens,
    @Nullable BigDecimal embeddingCostUsd) {}
