-- The order in which changed conversations are read has their id in it, for all that one statement notes have one time: without
-- it in the index each batch of a first run sorts everything that waits. Locks the table for the time of building, seconds.
create index changed_conversations_in_order on changed_conversations (project_id, reader, due_at, conversation_global_id);
drop index if exists changed_conversations_due;
