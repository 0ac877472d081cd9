-- Vectors that were paid for while the rows that waited for them were edited or handed over. The next row with the text
-- takes them; after a day they are forgotten. New table only.
create table spare_vectors (
  text_hash  text not null,
  model      text not null,
  embedding  vector not null,
  remark     text,
  created_at timestamptz not null default now(),
  primary key (text_hash, model)
);
-- Forgetting the old ones.
create index spare_vectors_by_age on spare_vectors (created_at);
