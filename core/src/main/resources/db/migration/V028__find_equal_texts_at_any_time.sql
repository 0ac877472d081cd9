-- The embedder's reuse: a row with the same text and model that has a vector. It must stay a look into this index, also
-- while a first load makes ready rows by the thousand and the statistics still say that there are none. Then all indexes
-- over ready rows look equally small to the planner, and it may walk the one by model, with all ready rows, once per text.
-- The condition of this index is no other's. Building it blocks writers of the table: seconds in a large installation.
create index rag_chunks_embedded_text on rag_chunks (text_hash, embedding_model) where embedding is not null;
drop index rag_chunks_ready_text;
