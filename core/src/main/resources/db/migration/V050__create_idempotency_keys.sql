-- Answers to requests that carried an Idempotency-Key, so that one sent again is answered and not done again. New table,
-- no lock. Nothing here can be read without the caller's token and key: see docs/adr/0020.
create table idempotency_keys (
  -- SHA-256 over token, path and key.
  key_hash     bytea primary key check (length(key_hash) = 32),
  -- Null: the token of the environment.
  token_id     uuid references api_tokens (id) on delete cascade,
  -- SHA-256 over all that makes the request what it is: another one under the same key is a mistake.
  request_hash bytea not null check (length(request_hash) = 32),
  created_at   timestamptz not null default now(),
  -- Null: the request is under way, or was cut off.
  answer       bytea
);

-- The foreign key's check when a token goes.
create index idempotency_keys_by_token on idempotency_keys (token_id);
-- The oldest, to be deleted.
create index idempotency_keys_by_age on idempotency_keys (created_at);
