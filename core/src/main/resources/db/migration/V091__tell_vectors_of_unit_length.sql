-- The inner product of vectors of the length one is their cosine, at a third of the price. From now on the worker makes
-- each copy as long as that; models whose copies all are already are told by reading them once, which takes a minute for
-- ten million. The others are compared as before.
alter table embedding_models add column unit_length boolean not null default false;
update embedding_models m
set unit_length = not exists (select from rag_vectors v where v.model_id = m.id and abs(l2_norm(v.embedding) - 1) > 0.001);
alter table embedding_models alter column unit_length set default true;
