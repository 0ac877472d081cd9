-- The HNSW indexes over rag_vectors: each holds one project's vectors of one model in a range of positions. New table only.
create table vector_segments (
  id            bigint generated always as identity primary key,
  project_id    uuid not null references projects (id) on delete cascade,
  model_id      smallint not null,
  -- from inclusive, to exclusive
  from_position bigint not null,
  to_position   bigint not null check (to_position > from_position),
  vectors       bigint not null check (vectors >= 0),
  -- retired: another one holds its range, its index is being dropped.
  state         text not null default 'building' check (state in ('building', 'ready', 'retired')),
  created_at    timestamptz not null default now(),
  ready_at      timestamptz
);

-- Search and the indexer: the segments of a project and model.
create index vector_segments_of_project on vector_segments (project_id, model_id, from_position);
