-- Who changed what, written in the transaction of the change. New table, no lock.
create table audit_log (
  id          bigint generated always as identity primary key,
  at          timestamptz not null default now(),
  -- No foreign keys: what is written stays, whatever is deleted.
  project_id  uuid,
  token_id    uuid,
  token_name  text not null,
  -- A verb and what it was done to: 'schedule.change' and 'chatwoot_sync'.
  action      text not null check (action ~ '^[a-z_]+[.][a-z_]+$'),
  object      text not null,
  -- Without secrets; null where there was nothing before, or is nothing after.
  before      jsonb,
  after       jsonb,
  address     text,
  request_id  text
);

-- The changes of a project, newest first.
create index audit_log_by_project on audit_log (project_id, id desc);

create function refuse_change_of_audit_log() returns trigger language plpgsql as $$
begin
  raise exception 'audit_log is append-only';
end $$;

create trigger audit_log_is_append_only before update or delete or truncate on audit_log
  for each statement execute function refuse_change_of_audit_log();
