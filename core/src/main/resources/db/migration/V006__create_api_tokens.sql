-- Who may call the gateway. Only the SHA-256 of a token is stored: tokens are random, so a slow hash adds nothing.
create table api_tokens (
  id           uuid primary key default gen_random_uuid(),
  name         text not null,
  prefix       text not null,
  token_hash   bytea not null unique check (length(token_hash) = 32),
  scope        text not null check (scope in ('read', 'run', 'admin')),
  -- Null: all projects.
  project_id   uuid references projects (id) on delete cascade,
  created_at   timestamptz not null default now(),
  expires_at   timestamptz,
  revoked_at   timestamptz,
  last_used_at timestamptz
);

-- The foreign key's check when a project goes; the tokens of a project.
create index api_tokens_by_project on api_tokens (project_id);
