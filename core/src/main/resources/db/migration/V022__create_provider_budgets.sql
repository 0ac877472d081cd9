-- What all workers together may ask of the provider, and why not at present. New table only.
create table provider_budgets (
  -- Fingerprint of address and key; the key itself is stored nowhere.
  account             text not null,
  model               text not null,
  -- Why nothing is sent; null: nothing is wrong.
  hold_kind           text check (hold_kind in ('rate_limited', 'refused', 'unavailable')),
  hold_code           text,
  hold_reason         text,
  held_until          timestamptz not null default '-infinity',
  -- Requests since the last answer that found the provider away, and holds in a row.
  failures            integer not null default 0,
  holds               integer not null default 0,
  -- After a refusal or an outage one worker tries first.
  probe_by            text,
  probe_until         timestamptz not null default '-infinity',
  -- By the provider's headers; null: unknown. What is left may be negative: it is taken in advance.
  requests_per_minute bigint,
  requests_left       double precision,
  tokens_per_minute   bigint,
  tokens_left         double precision,
  measured_at         timestamptz not null default now(),
  changed_at          timestamptz not null default now(),
  primary key (account, model),
  check ((hold_kind is null) = (hold_code is null)),
  check ((hold_kind is null) = (hold_reason is null))
) with (fillfactor = 10); -- one row, rewritten for every request: room for its versions on its page
