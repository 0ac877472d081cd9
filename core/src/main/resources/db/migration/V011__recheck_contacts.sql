-- A contact that lost a conversation may be gone (merged, deleted): the sync asks for it once recheck_at is past.
-- A nullable column without default: an exclusive lock, but for a moment only.
alter table cw_contacts add column recheck_at timestamptz;

-- The sync's work: contacts to ask for.
create index cw_contacts_to_recheck on cw_contacts (source_id, recheck_at) where recheck_at is not null;
-- The reconciliation's walk over the stored contacts, by rising id.
create index cw_contacts_by_number on cw_contacts (source_id, contact_id) where deleted_at is null;
-- Contacts that went away lately, whose conversations follow.
create index cw_contacts_gone on cw_contacts (source_id, deleted_at) where deleted_at is not null;
