-- Word of a conversation that comes after its reading failed does not wait until that back-off is over. A nullable column:
-- an exclusive lock for a moment; the index locks out writes while the short table is read.
alter table sync_hints add column failed_at timestamptz;

-- The sweep: hints of which word came after the failure; few, and gone from here as soon as one is taken.
create index sync_hints_news on sync_hints (source_id) where received_at > failed_at;
