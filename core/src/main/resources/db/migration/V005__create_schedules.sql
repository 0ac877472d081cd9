-- When jobs are due, and what each due time became.
create table scheduled_jobs (
  id                   bigint generated always as identity primary key,
  project_id           uuid not null references projects (id),
  job_type             text not null check (job_type in ('chatwoot_sync', 'embeddings_run', 'signals_extraction',
                         'health_scoring', 'campaign_scheduler', 'analytics_aggregates')),
  status               text not null default 'active' check (status in ('active', 'paused', 'suspended')),
  cadence_seconds      integer check (cadence_seconds between 10 and 2678400),
  cron                 text,
  time_zone            text not null default 'UTC',
  payload              jsonb not null default '{}',
  next_run_at          timestamptz not null default now(),
  last_run_at          timestamptz,
  last_status          text,
  last_error           text,
  consecutive_failures integer not null default 0 check (consecutive_failures >= 0),
  status_reason        text,
  status_changed_by    text,
  status_changed_at    timestamptz,
  created_at           timestamptz not null default now(),
  updated_at           timestamptz not null default now(),
  unique (project_id, job_type),
  check ((cadence_seconds is null) <> (cron is null))
);

-- A tick's claim: due schedules, oldest first. Schedules that are not due cost nothing.
create index scheduled_jobs_due on scheduled_jobs (next_run_at, id) where status = 'active';

-- A tick is a row, so that one that no event announced is found, and its outcome can be read.
create table scheduler_ticks (
  id           uuid primary key default gen_random_uuid(),
  project_id   uuid references projects (id),
  trigger      text not null check (trigger in ('timer', 'manual')),
  max_due      integer not null check (max_due between 1 and 10000),
  -- The timer's interval this tick stands for: unique, so that all replicas together emit one.
  slot         timestamptz unique,
  requested_at timestamptz not null default now(),
  processed_at timestamptz,
  due_count    integer,
  check ((trigger = 'timer') = (slot is not null))
);

-- The sweep: ticks that nobody processed.
create index scheduler_ticks_open on scheduler_ticks (requested_at) where processed_at is null;
-- The foreign key's check when a project goes.
create index scheduler_ticks_by_project on scheduler_ticks (project_id) where project_id is not null;
-- Deleting old ticks, oldest first.
create index scheduler_ticks_by_age on scheduler_ticks (requested_at);

create table worker_runs (
  id               bigint generated always as identity primary key,
  -- The schedule's; no foreign key of its own, for a tick writes a thousand of these rows at once.
  project_id       uuid not null,
  scheduled_job_id bigint not null references scheduled_jobs (id) on delete cascade,
  job_run_id       uuid not null references job_runs (id) on delete cascade,
  tick_id          uuid references scheduler_ticks (id) on delete set null,
  scheduled_for    timestamptz not null,
  -- True: an earlier run of the job was still active, so this due time joined it.
  coalesced        boolean not null,
  created_at       timestamptz not null default now(),
  -- When the outcome of the job run was carried over to the schedule.
  settled_at       timestamptz,
  unique (scheduled_job_id, scheduled_for)
);

-- The outcome of a tick.
create index worker_runs_by_tick on worker_runs (tick_id);
-- Settling: finished runs whose schedule does not know yet.
create index worker_runs_unsettled on worker_runs (job_run_id) where settled_at is null;
-- The foreign key's check when job runs are pruned.
create index worker_runs_by_run on worker_runs (job_run_id);
