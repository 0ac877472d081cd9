-- What a row with a new vector costs the database, once more: each copy of a vector looked up its chunk and locked it, and each
-- note of it its project, where all workers' transactions then stood in one row's list of lockers. Neither look could find
-- anything: who writes a vector has its chunk's row locked until it commits, so the chunk can't go meanwhile, nor its project.
-- No row is read. All tables are locked at once or not at all: who waits for one and has another already would stop searches
-- and workers, or be stopped by them, as long as an index is being built or a backup taken.
do $$
begin
  set local lock_timeout = '500ms';
  for attempt in 1..1200 loop
    begin
      lock table rag_vectors, rag_chunks, unread_vectors, projects in access exclusive mode;
      set local lock_timeout = 0;
      return;
    exception when lock_not_available or deadlock_detected then
      perform pg_sleep(0.5);
    end;
  end loop;
  raise exception 'rag_vectors is in use for too long, by the build of an index or a backup: try again afterwards';
end $$;
alter table rag_vectors drop constraint rag_vectors_chunk_id_fkey;
alter table unread_vectors drop constraint unread_vectors_project_id_fkey;

-- Vectors go with their chunk still, whoever deletes it: a statement's at once. By their index also where the plan was made
-- while the table was small.
create function rag_vectors_of_deleted_chunks() returns trigger language plpgsql security definer
set enable_seqscan = off as $$
begin
  delete from rag_vectors where chunk_id = any (array(select id from old_rows));
  return null;
end $$;
create trigger rag_chunks_deleted_vectors after delete on rag_chunks referencing old table as old_rows
  for each statement execute function rag_vectors_of_deleted_chunks();

create function rag_vectors_of_no_chunks() returns trigger language plpgsql security definer as $$
begin
  truncate rag_vectors;
  return null;
end $$;
create trigger rag_chunks_emptied_vectors after truncate on rag_chunks
  for each statement execute function rag_vectors_of_no_chunks();

do $$
declare
  written text;
begin
  foreach written in array array['rag_vectors_of_deleted_chunks()', 'rag_vectors_of_no_chunks()']
  loop
    execute format('alter function %s set search_path = %I, pg_temp', written, current_schema());
  end loop;
end $$;

-- As in V040, but that vectors still have their turn before their chunks, and are counted as theirs.
-- Its caller forbids scans, for the sake of the rows that it deletes; the catalogue needs them.
create or replace function tables_of_projects() returns table (table_name text, condition text) language sql stable
set search_path = public, pg_temp set enable_seqscan = on set enable_bitmapscan = on as $$
  with recursive mine as (
    select c.oid, c.relname, bool_or(a.attname = 'project_id') as by_project
    from pg_class c join pg_attribute a on a.attrelid = c.oid and not a.attisdropped
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
      and a.attname in ('project_id', 'source_id')
      -- Records, which stay; and indexes, which whoever built them has to drop (see below).
      and c.relname not in ('audit_log', 'project_deletions', 'vector_segments')
    group by c.oid, c.relname),
  pointing (conrelid, confrelid) as (
    select conrelid, confrelid from pg_constraint where contype = 'f' and conrelid <> confrelid
    union all select 'rag_vectors'::regclass::oid, 'rag_chunks'::regclass::oid),
  depths (oid, depth) as (
    select oid, 0 from mine
    union
    select f.conrelid, d.depth + 1
    from depths d
    join pointing f on f.confrelid = d.oid
    join mine m on m.oid = f.conrelid
    where d.depth < 100)
  select m.relname::text,
    case when m.relname = 'worker_runs'
           -- Has no index by project: a tick writes a thousand of these rows at once.
           then 'scheduled_job_id in (select id from scheduled_jobs where project_id = $1)'
         when m.by_project then 'project_id = $1'
         else 'source_id in (select id from project_sources where project_id = $1)' end
  from mine m join depths d on d.oid = m.oid
  group by m.relname, m.by_project
  order by max(d.depth) desc, m.relname
$$;
