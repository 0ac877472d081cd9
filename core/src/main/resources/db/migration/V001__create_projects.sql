-- Projects and the accounts that feed them. New tables only, so no lock matters.
create extension if not exists vector;

create table projects (
  id          uuid primary key default gen_random_uuid(),
  name        text not null unique check (name = btrim(name) and length(name) between 1 and 100),
  time_zone   text not null default 'UTC',
  archived_at timestamptz,
  created_at  timestamptz not null default now(),
  updated_at  timestamptz not null default now()
);

create table project_sources (
  id             uuid primary key default gen_random_uuid(),
  project_id     uuid not null references projects (id),
  source_kind    text not null check (source_kind = 'chatwoot'),
  base_url       text not null check (base_url ~ '^https?://[^[:space:]]+[^/]$'),
  external_id    text not null check (external_id ~ '^[1-9][0-9]{0,17}$'),
  -- Null: the service's own CHATWOOT_API_TOKEN is used.
  credentials    bytea,
  webhook_secret bytea,
  created_at     timestamptz not null default now(),
  updated_at     timestamptz not null default now(),
  -- One account feeds one project.
  unique (source_kind, base_url, external_id),
  -- Lets the tables that follow say "this source, of this project" in one foreign key.
  unique (project_id, id)
);

-- Sources.ofProject; also the foreign key's check when a project goes.
create index project_sources_by_project on project_sources (project_id);
