-- What Chatwoot shows, one row per thing. Keys are the global ids: cwc:, cw:, cwmsg: + <project>:<account>:<id>.
-- deleted_at: the thing is gone there; its content is erased here and the row stays as the record of it.
create table cw_contacts (
  global_id        text primary key check (starts_with(global_id, 'cwc:')),
  project_id       uuid not null,
  source_id        uuid not null,
  account_id       bigint not null,
  contact_id       bigint not null,
  name             text,
  email            text,
  phone_number     text,
  identifier       text,
  blocked          boolean not null default false,
  created_at       timestamptz,
  last_activity_at timestamptz,
  data             jsonb not null,
  deleted_at       timestamptz,
  stored_at        timestamptz not null default now(),
  changed_at       timestamptz not null default now(),
  foreign key (project_id, source_id) references project_sources (project_id, id)
);

create table cw_conversations (
  global_id              text primary key check (starts_with(global_id, 'cw:')),
  project_id             uuid not null,
  source_id              uuid not null,
  account_id             bigint not null,
  conversation_id        bigint not null,
  uuid                   text,
  inbox_id               bigint,
  channel                text,
  status                 text not null check (status in ('open', 'resolved', 'pending', 'snoozed')),
  priority               text check (priority in ('low', 'medium', 'high', 'urgent')),
  labels                 text[] not null default '{}',
  assignee_id            bigint,
  assignee_name          text,
  team_id                bigint,
  contact_global_id      text references cw_contacts (global_id),
  created_at             timestamptz not null,
  source_updated_at      timestamptz,
  last_activity_at       timestamptz not null,
  first_reply_created_at timestamptz,
  waiting_since          timestamptz,
  snoozed_until          timestamptz,
  data                   jsonb not null,
  -- The source_updated_at that was seen before the messages were read; when it differs, they must be read again.
  messages_read_at       timestamptz,
  -- A read that a limit cut short goes on at this message id, and stands for that source_updated_at.
  messages_cursor        bigint,
  messages_cursor_seen   timestamptz,
  -- A conversation whose read fails is set aside until retry_at, so that it harms no other.
  read_failures          integer not null default 0 check (read_failures >= 0),
  read_error             text,
  retry_at               timestamptz,
  deleted_at             timestamptz,
  stored_at              timestamptz not null default now(),
  changed_at             timestamptz not null default now(),
  foreign key (project_id, source_id) references project_sources (project_id, id),
  check ((messages_cursor is null) = (messages_cursor_seen is null)),
  check ((read_failures = 0) = (retry_at is null))
);

create table cw_messages (
  global_id              text primary key check (starts_with(global_id, 'cwmsg:')),
  project_id             uuid not null references projects (id),
  conversation_global_id text not null references cw_conversations (global_id),
  message_id             bigint not null,
  message_type           text not null check (message_type in ('incoming', 'outgoing', 'activity', 'template')),
  content_type           text not null default 'text',
  content                text,
  private                boolean not null,
  status                 text,
  sender_type            text,
  sender_id              bigint,
  created_at             timestamptz not null,
  data                   jsonb not null,
  deleted_at             timestamptz,
  stored_at              timestamptz not null default now(),
  changed_at             timestamptz not null default now()
);

-- Entity counts of a project, and the foreign key's check when a project or source goes.
create index cw_contacts_by_project on cw_contacts (project_id, source_id);
create index cw_conversations_by_project on cw_conversations (project_id, source_id);
-- Entity counts, and a project's messages in time order.
create index cw_messages_by_project on cw_messages (project_id, created_at);
-- The messages of one conversation, when it is read again or shown.
create index cw_messages_by_conversation on cw_messages (conversation_global_id, message_id);
-- The conversations of one contact, when contacts are merged or shown.
create index cw_conversations_by_contact on cw_conversations (contact_global_id);

-- The sync's work: conversations whose messages must be read, latest change first.
create index cw_conversations_unread on cw_conversations (source_id, source_updated_at, conversation_id)
  where deleted_at is null and messages_read_at is distinct from source_updated_at;

-- The sync's cursor: the latest conversation up to a time.
create index cw_conversations_by_update on cw_conversations (source_id, source_updated_at, conversation_id);

create table sync_watermarks (
  project_id uuid not null references projects (id),
  source     text not null,
  cursor_ts  timestamptz,
  cursor_id  bigint,
  meta       jsonb not null default '{}',
  updated_at timestamptz not null default now(),
  primary key (project_id, source)
);

create table sync_hints (
  source_id       uuid not null references project_sources (id) on delete cascade,
  conversation_id bigint not null,
  received_at     timestamptz not null default now(),
  primary key (source_id, conversation_id)
);
