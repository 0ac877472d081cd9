-- Search by words finds them in other forms, too: "refunds" finds "refund". Beside its words as they are written each
-- text has their stems, by the rules of the language that ingest-service recognised in it. New functions, a new
-- column without a value and a condition that new rows must meet: catalogue only, writers of rag_chunks wait for a moment.
-- Rows of before have no language, and are found by their words as written until their text is written again.
alter table rag_chunks add column language text;
comment on column rag_chunks.language is 'ISO 639-1, of those with a stemmer; null: not sure, or another one';
alter table rag_chunks add constraint rag_chunks_language_check
  check (language in ('de', 'en', 'es', 'fr', 'it', 'nl', 'pt', 'ru')) not valid;

-- Null: none.
create function stemmer_of(language text) returns regconfig language sql immutable parallel safe as $$
  select case language
    when 'de' then 'pg_catalog.german'::regconfig
    when 'en' then 'pg_catalog.english'::regconfig
    when 'es' then 'pg_catalog.spanish'::regconfig
    when 'fr' then 'pg_catalog.french'::regconfig
    when 'it' then 'pg_catalog.italian'::regconfig
    when 'nl' then 'pg_catalog.dutch'::regconfig
    when 'pt' then 'pg_catalog.portuguese'::regconfig
    when 'ru' then 'pg_catalog.russian'::regconfig
  end
$$;

-- 'simple' keeps order numbers and error codes as they are written, in any language.
-- The stems come behind the words, at a distance that no phrase bridges (the word that makes it is none that a parser gives, and is
-- taken out again), and with a label: what must be there as it is written, or must not, is asked for without it.
create function words_of(text text, language text) returns tsvector language sql immutable parallel safe as $$
  select case when stemmer_of(language) is null then to_tsvector('pg_catalog.simple', text)
    else to_tsvector('pg_catalog.simple', text) || setweight(ts_delete(
      $gap$' ':20$gap$::tsvector || to_tsvector(stemmer_of(language), text), ' '), 'C') end
$$;

create or replace function rag_words_of_new_chunks() returns trigger language plpgsql as $$
begin
  insert into rag_words (chunk_id, project_id, tokens)
  select id, project_id, words_of(text, language) from new_rows;
  return null;
end $$;

create or replace function rag_words_of_changed_chunk() returns trigger language plpgsql as $$
begin
  update rag_words set tokens = words_of(new.text, new.language) where chunk_id = new.id;
  return null;
end $$;
drop trigger rag_chunks_changed_words on rag_chunks;
create trigger rag_chunks_changed_words after update of text, language on rag_chunks
  for each row when (old.text <> new.text or old.language is distinct from new.language)
  execute function rag_words_of_changed_chunk();

-- Replaced, they have lost the owner's rights and the fixed search path (V051).
do $$
declare
  written text;
begin
  foreach written in array array['rag_words_of_new_chunks()', 'rag_words_of_changed_chunk()']
  loop
    execute format('alter function %s security definer set search_path = %I, pg_temp', written, current_schema());
  end loop;
end $$;
