package dev.threadmill.embed.intake;

import dev.threadmill.core.embedding.DailyCeiling;
import dev.threadmill.embed.budget.ProviderGate;
import dev.threadmill.embed.claim.ChunkClaims;
import dev.threadmill.embed.request.Lanes;

/** What a run over a backlog works with. */
record DrainParts(ChunkClaims claims, Lanes lanes, ProviderGate gate, DailyCeiling ceiling) {}
