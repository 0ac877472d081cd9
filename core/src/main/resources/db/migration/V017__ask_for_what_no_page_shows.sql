-- A walk over the list remembers here what it was shown of the latest second it reached: times have
-- whole seconds, equal ones have no order, and so only the ids tell what is missing in the end.
create table sync_walk_edge (
  source_id       uuid not null references project_sources (id) on delete cascade,
  conversation_id bigint not null,
  created_at      timestamptz not null,
  primary key (source_id, conversation_id)
);

-- Conversations that no page showed wait in sync_unanswered, too, until they are asked for: with no failure yet.
alter table sync_unanswered drop constraint sync_unanswered_failures_check;
alter table sync_unanswered add check (failures >= 0);

create index cw_conversations_by_creation on cw_conversations (source_id, created_at) where deleted_at is null;
