-- Which processes take the runs of which job, so that a run that waits for a service that is not there can say so. New table,
-- no lock.
create table job_workers (
  worker   text not null,
  job_type text not null check (job_type in ('chatwoot_sync', 'embeddings_run', 'signals_extraction',
             'health_scoring', 'campaign_scheduler', 'analytics_aggregates')),
  -- What may stand in the payload of its runs: [{name, kind, min, max}].
  settings jsonb not null default '[]',
  seen_at  timestamptz not null default now(),
  primary key (worker, job_type)
);
