-- Triggers that write tables which the writer does not own do so with the rights of the schema's owner, so that the
-- services can be given roles that write their own tables only (deploy/roles.sql). The search path is fixed, or a caller
-- could put tables of its own in the place of these. Functions only, no lock on a table.
do $$
declare
  written text;
begin
  foreach written in array array['count_shown_rows()', 'count_chunks()', 'count_no_rows()', 'rag_vectors_forget()',
                                 'rag_words_of_new_chunks()', 'rag_words_of_changed_chunk()']
  loop
    execute format('alter function %s security definer set search_path = %I, pg_temp', written, current_schema());
  end loop;
end $$;
