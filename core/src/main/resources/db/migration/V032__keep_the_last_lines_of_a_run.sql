-- What a run says of itself, why it waits, and how long whoever refused it wants to be left alone. Short exclusive lock on
-- job_runs, no rewrite; building the index blocks writes for as long as it takes to read the table once.
alter table job_runs
  -- The last lines, oldest first: {at, level, message}. No secrets, no texts of customers.
  add column log      jsonb not null default '[]',
  -- Why a queued run was not taken, said by the worker that would have taken it.
  add column held_by  text,
  -- What a Retry-After asked for, when the run ended before that.
  add column retry_at timestamptz;

-- Keeps the last 50 lines, each of at most 300 characters; all with the database's time.
create function append_run_log(log jsonb, level text, messages text[]) returns jsonb
language sql volatile as $$
  select case when cardinality(messages) = 0 then log else coalesce((
    select jsonb_agg(line order by n) from (
      select line, n from (
        select line, n from jsonb_array_elements(log) with ordinality as old (line, n)
        union all
        select jsonb_build_object('at', clock_timestamp(), 'level', level, 'message', left(message, 300)), 1000 + n
        from unnest(messages) with ordinality as added (message, n)) as every
      order by n desc limit 50) as last), '[]') end
$$;

-- Pruning, oldest first; the runs that finished since a reader of the live view looked.
create index job_runs_finished on job_runs (finished_at) where finished_at is not null;
