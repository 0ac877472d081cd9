-- Every execution of a job, whatever started it.
create table job_runs (
  id                  uuid primary key default gen_random_uuid(),
  project_id          uuid not null references projects (id),
  job_name            text not null check (job_name in ('chatwoot_sync', 'embeddings_run', 'signals_extraction',
                        'health_scoring', 'campaign_scheduler', 'analytics_aggregates')),
  trigger             text not null check (trigger in ('manual', 'schedule', 'webhook', 'cascade')),
  requested_by        text not null,
  status              text not null default 'queued'
                      check (status in ('queued', 'running', 'ok', 'partial', 'failed', 'cancelled')),
  payload             jsonb not null default '{}',
  requested_at        timestamptz not null default now(),
  -- A queued run is not taken before this time (back-off).
  due_at              timestamptz not null default now(),
  -- When its event was sent last, or was taken for sending; -infinity: not since it was queued.
  announced_at        timestamptz not null default '-infinity',
  started_at          timestamptz,
  finished_at         timestamptz,
  heartbeat_at        timestamptz,
  lease_until         timestamptz,
  -- Counts the claims; a write with an older number is refused.
  fence               bigint not null default 0,
  attempt             integer not null default 0 check (attempt >= 0),
  worker              text,
  processed_count     bigint not null default 0,
  progress            jsonb not null default '{}',
  result              jsonb,
  error               text,
  error_class         text,
  cancel_requested_at timestamptz,
  cancel_requested_by text,
  meta                jsonb not null default '{}',
  check ((status = 'running') = (lease_until is not null)),
  check ((status in ('ok', 'partial', 'failed', 'cancelled')) = (finished_at is not null)),
  check (status not in ('failed') or error is not null)
);

-- At most one queued or running run per project and job.
create unique index job_runs_active on job_runs (project_id, job_name) where status in ('queued', 'running');
-- Latest run per job, and the history of one job.
create index job_runs_history on job_runs (project_id, job_name, requested_at desc, id);
-- The newest runs of a project, of all jobs.
create index job_runs_newest on job_runs (project_id, requested_at desc, id desc);
-- Announcing again what nobody took.
create index job_runs_queued on job_runs (announced_at) where status = 'queued';
-- Taking back runs whose lease ran out.
create index job_runs_leased on job_runs (lease_until) where status = 'running';
