-- Who is signed in to the dashboard, for all gateways together. New table, no lock. Only the SHA-256 of the cookie's random
-- id is stored. A session is as good as its token, which is looked up by its hash with each request: that also holds for
-- the token of the environment, which has no row.
create table dashboard_sessions (
  id_hash    bytea primary key check (length(id_hash) = 32),
  token_hash bytea not null check (length(token_hash) = 32),
  created_at timestamptz not null default now(),
  -- Noted once a minute.
  seen_at    timestamptz not null default now(),
  expires_at timestamptz not null
);

-- Those that are over, to be deleted.
create index dashboard_sessions_by_expiry on dashboard_sessions (expires_at);
