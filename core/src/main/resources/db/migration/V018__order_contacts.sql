-- When what is stored of a contact was asked for, by this database's clock: an answer that was asked for earlier but
-- comes later must not replace it. Null: stored before anybody noted it, or by a reading that does not know.
-- A nullable column without default: an exclusive lock, but for a moment only.
alter table cw_contacts add column seen_at timestamptz;
