-- The condition of V082 for the rows of before, all of them without a language. Reads rag_chunks once, and blocks neither
-- readers nor writers meanwhile.
alter table rag_chunks validate constraint rag_chunks_language_check;
