-- What people may set of a schedule besides its cadence. Columns with constant defaults: a short exclusive lock on
-- scheduled_jobs, no rewrite.
alter table scheduled_jobs
  add column jitter_seconds   integer not null default 0 check (jitter_seconds between 0 and 3600),
  -- How much later than its grid point next_run_at is: the grid itself never moves.
  add column next_jitter_ms   integer not null default 0 check (next_jitter_ms between 0 and 3600000),
  add column window_from      time,
  add column window_until     time,
  -- 1 is Monday, 7 is Sunday; null: every day.
  add column window_days      smallint[] check (window_days <@ '{1,2,3,4,5,6,7}' and window_days <> '{}'),
  add column catch_up         text not null default 'once' check (catch_up in ('once', 'none', 'all')),
  add column catch_up_cap     integer not null default 100 check (catch_up_cap between 1 and 1000),
  -- Missed grid points that are still to be run, one after the other, oldest first.
  add column catch_up_at      timestamptz[] not null default '{}',
  add column overlap          text not null default 'coalesce' check (overlap in ('coalesce', 'skip')),
  -- Whether a run that changed something starts this job at once.
  add column run_on_change    boolean not null default true,
  add column last_error_class text,
  add constraint scheduled_jobs_jitter check (jitter_seconds < cadence_seconds),
  add constraint scheduled_jobs_window check (
    (window_from is null) = (window_until is null) and (window_from is null or window_from <> window_until));

-- The sweep over schedules that catch up.
create index scheduled_jobs_catching_up on scheduled_jobs (id) where catch_up_at <> '{}' and status = 'active';
-- The sweep over suspended schedules whose cause may be mended.
create index scheduled_jobs_suspended on scheduled_jobs (id) where status = 'suspended';
