-- What a person tries again is taken a thousand at a time, in the order of ids; without this each batch reads all failed rows of
-- the project and sorts them. Building the index blocks writers of the table: seconds in a large installation.
create index rag_chunks_failed on rag_chunks (project_id, id) where embedding_status = 'failed';
