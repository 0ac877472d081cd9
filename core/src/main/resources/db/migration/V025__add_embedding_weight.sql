-- How many batches a project gets when it is its turn. Adding a column with a constant default rewrites nothing.
alter table projects add column embedding_weight integer not null default 1 check (embedding_weight between 1 and 100);
