-- Which chunks are of new messages, for threadmill_searchable_seconds: a first import's are new rows, too, and nobody waits for
-- them. In the row itself, for a claim must not look at another table for each of its rows. Null: stored by a version that did
-- not know this. A new column without a default: catalogue only, writers of rag_chunks wait for a moment.
alter table rag_chunks add column message_created_at timestamptz;
