-- Conversations that no page of the list shows, because the page fails, and that can't be read by themselves either.
-- They are tried again at growing intervals; while there are any, the watermark stands still. A new table only.
create table sync_unanswered (
  source_id       uuid not null references project_sources (id) on delete cascade,
  conversation_id bigint not null,
  failures        integer not null check (failures > 0),
  error           text not null,
  retry_at        timestamptz not null,
  primary key (source_id, conversation_id)
);
