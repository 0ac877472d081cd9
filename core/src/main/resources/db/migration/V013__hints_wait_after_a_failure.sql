-- The reading of a hint may fail: then it waits until due_at, and no conversation that fails for ever keeps the sweep busy.
-- Columns with constant or stable defaults: an exclusive lock, but for a moment only.
alter table sync_hints
  add column attempts integer not null default 0 check (attempts >= 0),
  add column due_at timestamptz not null default now();

-- The sweep: hints that are due, oldest first.
create index sync_hints_due on sync_hints (due_at, received_at);
