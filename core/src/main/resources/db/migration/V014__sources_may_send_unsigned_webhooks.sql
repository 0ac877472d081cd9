-- Old Chatwoot servers do not sign their webhooks; whether such are taken is decided per source.
-- A column with a constant default: an exclusive lock, but for a moment only.
alter table project_sources add column webhook_unsigned boolean not null default false;
