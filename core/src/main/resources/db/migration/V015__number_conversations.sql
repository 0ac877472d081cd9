-- The lowest and highest display id of a source, for the reconciliation's walk. The index locks writes to the table while it
-- is built; no installation is large enough yet to build it concurrently.
create index cw_conversations_by_number on cw_conversations (source_id, conversation_id);
