-- Hints are looked for source by source, so that those of one whose server hangs stand in nobody's way.
-- The table holds what was not read yet, so this is done in a moment.
create index sync_hints_due_by_source on sync_hints (source_id, due_at);
drop index sync_hints_due;
