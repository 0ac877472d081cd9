-- A transaction that finds signals lasts for a hundred conversations, and held the rows of changed_conversations that it noted for
-- health until its end: the sync waited for it, or each for the other. Now rows are only added and deleted, as for analytics
-- (V056), and health_scoring puts them there. A new table, and a function in the place of another.
create table health_signal_changes (
  id                     bigint generated always as identity,
  project_id             uuid not null references projects (id),
  conversation_global_id text not null,
  -- Erasing a conversation.
  primary key (conversation_global_id, id)
);

-- The job: a project's changes, the oldest first.
create index health_signal_changes_by_project on health_signal_changes (project_id, id);

create or replace function note_signals_for_health(ids text[]) returns void language sql
set search_path = public, pg_temp as $$
  insert into health_signal_changes (project_id, conversation_global_id)
  select split_part(id, ':', 2)::uuid, id
  from (select distinct unnest(ids) as id) as changed
  where not exists (select from project_deletions d where d.project_id = split_part(id, ':', 2)::uuid)
$$;
