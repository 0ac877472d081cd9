-- The inboxes of an account: a conversation's inbox has a name, and an inbox that is gone tells of conversations that
-- will be. A new table only, so no lock matters.
create table cw_inboxes (
  global_id  text primary key check (starts_with(global_id, 'cwi:' || project_id || ':')),
  project_id uuid not null,
  source_id  uuid not null,
  account_id bigint not null,
  inbox_id   bigint not null,
  name       text,
  channel    text,
  data       jsonb not null,
  deleted_at timestamptz,
  stored_at  timestamptz not null default now(),
  changed_at timestamptz not null default now(),
  foreign key (project_id, source_id) references project_sources (project_id, id)
);

-- The inboxes of a source, and the foreign key's check when a project or source goes.
create index cw_inboxes_by_project on cw_inboxes (project_id, source_id);
-- Conversations that must be read again because their inbox is gone.
create index cw_conversations_by_inbox on cw_conversations (source_id, inbox_id) where deleted_at is null;
