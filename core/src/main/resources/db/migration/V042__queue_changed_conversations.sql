-- Conversations that changed since a job worked on them, one row per conversation and job: the jobs that work on what was
-- said read what changed, not everything, and nothing is lost between the two. Triggers write it, in the transaction that
-- changes the conversation or its messages; a time or a sequence in those rows would not do, for transactions do not end in
-- the order in which they begin. Making the triggers locks the two tables against writers, and that lock is held until all
-- stored conversations are noted, at the end of this file: a read of cw_conversations and three rows for each, during which
-- the sync waits.
create table changed_conversations (
  project_id             uuid not null references projects (id),
  conversation_global_id text not null,
  reader                 text not null check (reader in ('signals', 'health', 'analytics')),
  -- Who worked on it deletes the row only if nothing changed meanwhile.
  change_no              bigint not null default 1,
  due_at                 timestamptz not null default now(),
  -- How often the work on it failed in a row; then due_at lies in the future.
  failures               integer not null default 0 check (failures >= 0),
  primary key (conversation_global_id, reader)
  -- Room for a row that changes again before it is read.
) with (fillfactor = 80);

-- The readers: what is due in a project, what waits longest first. Also the foreign key's check when a project goes.
create index changed_conversations_due on changed_conversations (project_id, reader, due_at);

-- Called with the conversations of one statement. In one order, so that two writers never wait for each other. In plpgsql,
-- which keeps its plan: a function in SQL is planned at each call, and that took longer than the insert.
create function note_changed_conversations(ids text[]) returns void language plpgsql as $$
begin
  if cardinality(ids) = 0 then
    return;
  end if;
  insert into changed_conversations as c (project_id, conversation_global_id, reader)
  select split_part(id, ':', 2)::uuid, id, reader
  from (select distinct unnest(ids) as id) as changed
    cross join unnest(array['analytics', 'health', 'signals']) as reader
  -- Its rows are being deleted, these among them.
  where not exists (select from project_deletions d where d.project_id = split_part(id, ':', 2)::uuid)
  order by id, reader
  on conflict (conversation_global_id, reader) do update
  set change_no = c.change_no + 1, due_at = least(c.due_at, excluded.due_at), failures = 0;
end $$;

create function conversations_inserted() returns trigger language plpgsql security definer as $$
begin
  perform note_changed_conversations(array(select global_id from new_rows));
  return null;
end $$;

-- A conversation's row goes only when it is erased, and then these go with it.
-- The sync's own bookkeeping in these rows is no change; changed_at moves with the content alone.
create function conversations_updated() returns trigger language plpgsql security definer as $$
begin
  perform note_changed_conversations(array(
    select n.global_id from new_rows n join old_rows o using (global_id)
    where n.changed_at <> o.changed_at or n.contact_global_id is distinct from o.contact_global_id
      or n.deleted_at is distinct from o.deleted_at));
  return null;
end $$;

create function messages_changed() returns trigger language plpgsql security definer as $$
begin
  perform note_changed_conversations(array(select distinct conversation_global_id from new_rows));
  return null;
end $$;

create trigger cw_conversations_note_inserted after insert on cw_conversations referencing new table as new_rows
  for each statement execute function conversations_inserted();
create trigger cw_conversations_note_updated after update on cw_conversations
  referencing old table as old_rows new table as new_rows for each statement execute function conversations_updated();
create trigger cw_messages_note_inserted after insert on cw_messages referencing new table as new_rows
  for each statement execute function messages_changed();
create trigger cw_messages_note_updated after update on cw_messages referencing new table as new_rows
  for each statement execute function messages_changed();

-- Fixed, or a caller could put tables of its own in the place of these; see V051.
do $$
declare
  written text;
begin
  foreach written in array array['note_changed_conversations(text[])', 'conversations_inserted()',
                                 'conversations_updated()', 'messages_changed()']
  loop
    execute format('alter function %s set search_path = %I, pg_temp', written, current_schema());
  end loop;
end $$;
revoke execute on function note_changed_conversations(text[]) from public;

select note_changed_conversations(array(select global_id from cw_conversations));
