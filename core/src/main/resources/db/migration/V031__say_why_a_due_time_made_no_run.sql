-- A due time that made no run of its own says why. Short exclusive lock on worker_runs, no rewrite.
alter table worker_runs
  alter column job_run_id drop not null,
  -- True: nothing was run for this due time.
  add column skipped boolean not null default false,
  add column reason text,
  add constraint worker_runs_skipped check (skipped or job_run_id is not null);

-- Catching up: whether an earlier run of the schedule is still to be told.
create index worker_runs_unsettled_by_schedule on worker_runs (scheduled_job_id) where settled_at is null;
-- Pruning the notes of due times that made no run.
create index worker_runs_without_run on worker_runs (created_at) where job_run_id is null;
