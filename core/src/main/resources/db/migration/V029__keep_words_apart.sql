-- The words of a chunk, which the full-text half of search looks up, apart from the row whose state changes all the
-- time: each change of state wrote the row's entries in the index of words once more, a third of what embedding cost
-- the database. Triggers keep them, so that whoever writes a text can't forget them. Filling the table blocks writers
-- of rag_chunks: about a minute for a million chunks, by estimate.
create extension if not exists btree_gin;

create table rag_words (
  chunk_id   bigint primary key references rag_chunks (id) on delete cascade,
  project_id uuid not null,
  -- 'simple' keeps order numbers and error codes as they are written, in any language.
  tokens     tsvector not null
);

create function rag_words_of_new_chunks() returns trigger language plpgsql as $$
begin
  insert into rag_words (chunk_id, project_id, tokens)
  select id, project_id, to_tsvector('simple', text) from new_rows;
  return null;
end $$;
create trigger rag_chunks_new_words after insert on rag_chunks referencing new table as new_rows
  for each statement execute function rag_words_of_new_chunks();

create function rag_words_of_changed_chunk() returns trigger language plpgsql as $$
begin
  update rag_words set tokens = to_tsvector('simple', new.text) where chunk_id = new.id;
  return null;
end $$;
create trigger rag_chunks_changed_words after update of text on rag_chunks
  for each row when (old.text <> new.text) execute function rag_words_of_changed_chunk();

insert into rag_words (chunk_id, project_id, tokens) select id, project_id, text_tokens from rag_chunks;
-- Search by words within a project: the words of others are not looked at.
create index rag_words_of_project on rag_words using gin (project_id, tokens);
-- Its index goes with it.
alter table rag_chunks drop column text_tokens;
