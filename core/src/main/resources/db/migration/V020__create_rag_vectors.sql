-- What search compares: a narrow copy of the vectors, in half precision, apart from the rows whose state changes all the
-- time. rag_chunks.embedding stays what was paid for; from it this copy can be made anew. New tables, and an index on
-- rag_chunks whose building blocks writers of that table for seconds in a large installation.
create table embedding_models (
  id           smallint generated always as identity primary key,
  -- As in rag_chunks.embedding_model.
  name         text not null unique,
  -- Null until the first answer.
  width        integer check (width between 1 and 4000),
  -- The model that was wanted last is the one that rows are embedded with.
  wanted_since timestamptz not null default now()
);

create table rag_vectors (
  chunk_id   bigint not null references rag_chunks (id) on delete cascade,
  model_id   smallint not null,
  project_id uuid not null,
  -- Grows with each write; an HNSW index holds a range of positions, what comes later is compared exactly.
  position   bigint generated always as identity,
  embedding  halfvec not null,
  primary key (chunk_id, model_id)
);
-- In the row itself, not beside it: a comparison costs a third.
alter table rag_vectors alter column embedding set storage main;

-- Search: a project's vectors from a position on. The indexer: how many there are.
create index rag_vectors_by_position on rag_vectors (project_id, model_id, position);

-- No vector stands for another text than its row's, whoever changes the text.
create function rag_vectors_forget() returns trigger language plpgsql as $$
begin
  delete from rag_vectors where chunk_id = new.id;
  return null;
end $$;
create trigger rag_chunks_text_changed after update of text_hash on rag_chunks
  for each row when (old.text_hash <> new.text_hash) execute function rag_vectors_forget();

-- Which model answers a project's searches: the old one until the vectors of the new one are complete.
create table project_vector_spaces (
  project_id uuid primary key references projects (id) on delete cascade,
  model_id   smallint not null,
  since      timestamptz not null default now()
);

insert into embedding_models (name, width)
select embedding_model, max(vector_dims(embedding)) from rag_chunks
where embedding_status = 'ready' group by embedding_model order by max(last_embedded_at) nulls first;
insert into rag_vectors (chunk_id, model_id, project_id, embedding)
select c.id, m.id, c.project_id, c.embedding::halfvec
from rag_chunks c join embedding_models m on m.name = c.embedding_model
where c.embedding_status = 'ready';
insert into project_vector_spaces (project_id, model_id)
select distinct on (project_id) project_id, model_id
from (select project_id, model_id, count(*) as vectors from rag_vectors group by project_id, model_id) counted
order by project_id, vectors desc;
