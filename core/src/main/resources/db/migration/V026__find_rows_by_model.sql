-- Two indexes that keep questions as small as their answers. Building them blocks writers of the two tables: seconds in
-- a large installation.
--
-- The embedder: which projects have rows of another model than the wanted one, and which rows; are there any at all.
create index rag_chunks_ready_model on rag_chunks (embedding_model, project_id, id) where embedding_status = 'ready';
-- The daily ceiling: what was spent today.
create index embedding_usage_by_day on embedding_usage (day);
