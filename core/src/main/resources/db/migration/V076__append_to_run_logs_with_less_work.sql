-- The same lines as before: the last 50, each of at most 300 characters, with the database's time. In plpgsql, for PostgreSQL
-- parsed and planned the old function's query anew in each statement that called it, and the end of a run calls it twice. No lock
-- on a table.
create or replace function append_run_log(log jsonb, level text, messages text[]) returns jsonb
language plpgsql volatile as $$
declare
  message text;
begin
  foreach message in array coalesce(messages, '{}') loop
    log := log || jsonb_build_object('at', clock_timestamp(), 'level', level, 'message', left(message, 300));
  end loop;
  while jsonb_array_length(log) > 50 loop
    log := log - 0;
  end loop;
  return log;
end
$$;
