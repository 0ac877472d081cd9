-- What embedding costs, per project, model and day (UTC). New table only.
create table embedding_usage (
  project_id      uuid not null references projects (id) on delete cascade,
  day             date not null,
  model           text not null,
  -- A request with texts of several projects counts for each of them.
  requests        bigint not null default 0,
  inputs          bigint not null default 0,
  tokens          bigint not null default 0,
  cost_usd        numeric(16, 8) not null default 0,
  -- Rows that got the vector of an equal text, and the tokens that were not paid for them.
  reused          bigint not null default 0,
  saved_tokens    bigint not null default 0,
  -- Inputs that may have been paid before: their first answer never came.
  repeated        bigint not null default 0,
  ready           bigint not null default 0,
  -- Rows per second, a count that decays with a time constant of 60 s, as of rate_at.
  rate            double precision not null default 0,
  rate_at         timestamptz not null default now(),
  primary key (project_id, day, model)
) with (fillfactor = 50);
