-- analytics_aggregates counts no signal whose evidence was all withdrawn: what a person is done with is kept, with no occurrences,
-- so that the same messages do not raise it again, but no message says so any more. Its conversation is noted when that changes,
-- and those where it is so already now. Replaces a function; the lock is that on its row of the catalogue.
create or replace function note_signals_for_analytics() returns trigger language plpgsql security definer
set search_path = public, pg_temp as $$
begin
  if tg_op = 'UPDATE' then
    insert into analytics_signal_changes (project_id, conversation_global_id)
    select distinct n.project_id, n.conversation_global_id
    from changed_rows n join old_rows o using (id)
    where (n.type, n.status = 'dismissed' or n.occurrences = 0, n.first_seen_at)
      is distinct from (o.type, o.status = 'dismissed' or o.occurrences = 0, o.first_seen_at);
  else
    insert into analytics_signal_changes (project_id, conversation_global_id)
    select distinct project_id, conversation_global_id from changed_rows c
    where not exists (select from project_deletions d where d.project_id = c.project_id);
  end if;
  return null;
end $$;

insert into analytics_signal_changes (project_id, conversation_global_id)
select distinct project_id, conversation_global_id from signals where status = 'done' and occurrences = 0;
