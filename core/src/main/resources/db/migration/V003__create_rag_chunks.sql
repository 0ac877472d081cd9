-- The searchable pieces of messages and the state of their embedding: the row is the outbox.
create table rag_chunks (
  id                     bigint generated always as identity primary key,
  project_id             uuid not null references projects (id),
  conversation_global_id text not null references cw_conversations (global_id),
  message_global_id      text not null references cw_messages (global_id) on delete cascade,
  chunk_index            integer not null check (chunk_index >= 0),
  text                   text not null check (text <> ''),
  -- SHA-256 of the text in UTF-8, lower-case hex.
  text_hash              text not null check (text_hash ~ '^[0-9a-f]{64}$'),
  content_tokens         integer not null check (content_tokens >= 0),
  -- No fixed width: each model has its own partial index with a cast.
  embedding              vector,
  embedding_status       text not null default 'pending'
                         check (embedding_status in ('pending', 'processing', 'ready', 'failed')),
  embedding_model        text,
  embedding_attempts     integer not null default 0 check (embedding_attempts >= 0),
  embedding_error        text,
  -- Counts the claims; a write with an older number is refused.
  embedding_fence        bigint not null default 0,
  claimed_by             text,
  lease_until            timestamptz,
  next_attempt_at        timestamptz not null default now(),
  last_embedded_at       timestamptz,
  created_at             timestamptz not null default now(),
  updated_at             timestamptz not null default now(),
  -- 'simple' keeps order numbers and error codes as they are written, in any language.
  text_tokens            tsvector generated always as (to_tsvector('simple', text)) stored,
  unique (message_global_id, chunk_index),
  check ((embedding_status = 'ready') = (embedding is not null)),
  check (embedding_status <> 'ready' or embedding_model is not null),
  check ((embedding_status = 'processing') = (lease_until is not null)),
  check ((embedding_status = 'processing') = (claimed_by is not null))
);

-- The sweep's claim: waiting rows of a project by due time.
create index rag_chunks_pending on rag_chunks (project_id, next_attempt_at, id) where embedding_status = 'pending';
-- The sweep's recovery: claims whose lease ran out.
create index rag_chunks_leased on rag_chunks (lease_until) where embedding_status = 'processing';
-- Counts per project and status; search over a project's ready rows.
create index rag_chunks_by_status on rag_chunks (project_id, embedding_status);
-- The embedder's reuse: a ready row with the same text and model.
create index rag_chunks_ready_text on rag_chunks (text_hash, embedding_model) where embedding_status = 'ready';
-- Removing the chunks of a conversation that is gone.
create index rag_chunks_by_conversation on rag_chunks (conversation_global_id);
-- The full-text half of search.
create index rag_chunks_text_tokens on rag_chunks using gin (text_tokens);
