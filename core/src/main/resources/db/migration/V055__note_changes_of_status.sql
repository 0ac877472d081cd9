-- Chatwoot shows the status that a conversation has, and no history of it. What the sync sees change is noted here, in the
-- transaction that stores it, so that a conversation which is resolved, opened again and resolved once more counts as that. A
-- conversation that is resolved when it is seen first has a row without a status before. The triggers take a short lock on
-- cw_conversations; noting those that are resolved already reads it once.
create table conversation_status_changes (
  id                     bigint generated always as identity,
  project_id             uuid not null references projects (id),
  -- An erasure and the deletion of a project delete these rows first; whoever deletes a conversation by hand does, too.
  conversation_global_id text not null references cw_conversations (global_id) on delete cascade,
  status_before          text,
  status_after           text not null,
  -- The conversation's last activity as it was shown with the new status.
  activity_at            timestamptz not null,
  -- It changed at this time or before, and after the row before this one.
  seen_at                timestamptz not null default now(),
  -- The changes of a conversation in their order.
  primary key (conversation_global_id, id)
);

-- The foreign key's check when a project goes.
create index conversation_status_changes_by_project on conversation_status_changes (project_id);

create function note_status_change() returns trigger language plpgsql security definer
set search_path = public, pg_temp as $$
begin
  insert into conversation_status_changes
    (project_id, conversation_global_id, status_before, status_after, activity_at)
  values (new.project_id, new.global_id, case when tg_op = 'UPDATE' then old.status end, new.status, new.last_activity_at);
  return null;
end $$;

create trigger cw_conversations_note_first_status after insert on cw_conversations
  for each row when (new.status = 'resolved') execute function note_status_change();
create trigger cw_conversations_note_status after update of status on cw_conversations
  for each row when (new.status <> old.status) execute function note_status_change();

insert into conversation_status_changes (project_id, conversation_global_id, status_after, activity_at)
select project_id, global_id, status, last_activity_at from cw_conversations where status = 'resolved';
