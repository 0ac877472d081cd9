-- One message more, and signals_extraction looked at all messages of its conversation for what changed. Now what is noted says
-- from which message on there is something new. A new column with a constant default, and functions in the place of others:
-- catalogue only, though writers of the three tables wait for that moment.
alter table changed_conversations add column from_message bigint default 0;
comment on column changed_conversations.from_message is
  'No message with a lower number changed since its reader worked on it; null: none did, only the conversation. 0: any may have';

drop function note_changed_conversations(text[]);

-- As in V042. Called with the conversations of one statement, and from which message on each changed; without that no message did.
create function note_changed_conversations(ids text[], froms bigint[]) returns void language plpgsql as $$
begin
  if coalesce(cardinality(ids), 0) = 0 then
    return;
  end if;
  insert into changed_conversations as c (project_id, conversation_global_id, reader, from_message)
  select split_part(id, ':', 2)::uuid, id, reader, from_message
  from (select u.id, min(u.from_message) as from_message from unnest(ids, froms) as u (id, from_message) group by u.id) as changed
    cross join unnest(array['analytics', 'health', 'signals']) as reader
  -- Its rows are being deleted, these among them.
  where not exists (select from project_deletions d where d.project_id = split_part(id, ':', 2)::uuid)
  order by id, reader
  on conflict (conversation_global_id, reader) do update
  set change_no = c.change_no + 1, due_at = least(c.due_at, excluded.due_at), failures = 0,
      -- The one that is not null, where one is.
      from_message = least(c.from_message, excluded.from_message);
end $$;

create or replace function conversations_inserted() returns trigger language plpgsql security definer as $$
begin
  perform note_changed_conversations(array(select global_id from new_rows), null);
  return null;
end $$;

create or replace function conversations_updated() returns trigger language plpgsql security definer as $$
begin
  perform note_changed_conversations(array(
    select n.global_id from new_rows n join old_rows o using (global_id)
    where n.changed_at <> o.changed_at or n.contact_global_id is distinct from o.contact_global_id
      or n.deleted_at is distinct from o.deleted_at), null);
  return null;
end $$;

create or replace function messages_changed() returns trigger language plpgsql security definer as $$
begin
  perform note_changed_conversations(array_agg(conversation_global_id), array_agg(message_id))
  from (select conversation_global_id, min(message_id) as message_id from new_rows group by conversation_global_id) as changed;
  return null;
end $$;

-- Fixed, or a caller could put tables of its own in the place of these; see V051.
do $$
declare
  written text;
begin
  foreach written in array array['note_changed_conversations(text[], bigint[])', 'conversations_inserted()',
                                 'conversations_updated()', 'messages_changed()']
  loop
    execute format('alter function %s set search_path = %I, pg_temp', written, current_schema());
  end loop;
end $$;
revoke execute on function note_changed_conversations(text[], bigint[]) from public;
