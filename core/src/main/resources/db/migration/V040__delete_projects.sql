-- Projects are deleted with everything that belongs to them, in batches that each are a short transaction. New table and
-- functions only, no lock.
create table project_deletions (
  -- No foreign key: this is the receipt, and stays.
  project_id   uuid primary key,
  project_name text not null,
  requested_by text not null,
  requested_at timestamptz not null default now(),
  -- What there was when it began, by kind.
  expected     jsonb not null default '{}',
  -- Rows deleted so far, by table.
  deleted      jsonb not null default '{}',
  -- The table whose turn it is. Null: it looks through all of them, for the first time or for the last.
  at_table     text,
  -- What it waits for; null: for nothing.
  waits_for    text,
  worked_at    timestamptz not null default now(),
  finished_at  timestamptz
);

-- The sweep: deletions that are not finished, in turns.
create index project_deletions_open on project_deletions (worked_at) where finished_at is null;

-- The tables whose rows belong to a project, those first that point to others, with the condition for project $1. Taken
-- from the catalogue, so that a new table can't be forgotten. What has neither column goes with the row it points to.
create function tables_of_projects() returns table (table_name text, condition text) language sql stable
set search_path = public, pg_temp as $$
  with recursive mine as (
    select c.oid, c.relname, bool_or(a.attname = 'project_id') as by_project
    from pg_class c join pg_attribute a on a.attrelid = c.oid and not a.attisdropped
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
      and a.attname in ('project_id', 'source_id')
      -- Records, which stay; and indexes, which whoever built them has to drop (see below).
      and c.relname not in ('audit_log', 'project_deletions', 'vector_segments')
    group by c.oid, c.relname),
  depths (oid, depth) as (
    select oid, 0 from mine
    union
    select f.conrelid, d.depth + 1
    from depths d
    join pg_constraint f on f.confrelid = d.oid and f.contype = 'f' and f.conrelid <> f.confrelid
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

-- One batch: at most so many rows of one table. Says 'working' while there is more to do, 'waiting' while somebody else has to
-- do it, and 'done' when the project is gone. Only for a project whose deletion was asked for. Runs with its owner's
-- rights, for no service owns the rows of all tables.
--
-- Always by an index, as far as there is one: the rows of a project that has most of a table, and of a table that was just
-- emptied, look like a case for a scan, and that would begin with the dead rows of all batches before; nor may a bitmap
-- of millions of rows be made for a thousand.
create function delete_project_rows(project uuid, most integer) returns text
language plpgsql security definer set search_path = public, pg_temp set enable_seqscan = off set enable_bitmapscan = off as $$
declare
  t record;
  n bigint;
  reached text;
  passed boolean;
begin
  select d.at_table into reached from project_deletions d join projects p on p.id = d.project_id
  where d.project_id = project and d.finished_at is null and p.archived_at is not null
  for update of d;
  if not found then
    raise exception 'project % is not to be deleted', project;
  end if;
  -- Searches use their indexes no more, and the embed worker drops them without blocking anybody.
  update vector_segments set state = 'retired' where project_id = project and state <> 'retired';
  passed := reached is null;
  begin
    for t in select * from tables_of_projects() loop
      -- Not again through those that are empty: until they are vacuumed, a look costs as much as there was.
      passed := passed or t.table_name = reached;
      continue when not passed;
      execute format('delete from %I where ctid = any (array(select ctid from %I where %s limit $2))',
                     t.table_name, t.table_name, t.condition)
      using project, most;
      get diagnostics n = row_count;
      if n > 0 then
        update project_deletions
        set deleted = deleted || jsonb_build_object(t.table_name, coalesce((deleted ->> t.table_name)::bigint, 0) + n),
            at_table = t.table_name, waits_for = null, worked_at = clock_timestamp()
        where project_id = project;
        return 'working';
      end if;
    end loop;
    if reached is not null then
      update project_deletions set at_table = null, worked_at = clock_timestamp() where project_id = project;
      return 'working';
    end if;
    if exists (select from vector_segments where project_id = project) then
      update project_deletions set waits_for = 'vector_indexes', worked_at = clock_timestamp()
      where project_id = project;
      return 'waiting';
    end if;
    delete from projects where id = project;
  exception when foreign_key_violation then
    -- Somebody who does not know yet has written rows that point to these: they go with the next batch.
    update project_deletions set at_table = null, waits_for = 'writers', worked_at = clock_timestamp() where project_id = project;
    return 'waiting';
  end;
  update project_deletions
  set deleted = deleted || '{"projects": 1}', waits_for = null, worked_at = clock_timestamp(),
      finished_at = clock_timestamp()
  where project_id = project;
  return 'done';
end $$;

-- It deletes with its owner's rights, and is called by the owner so far.
revoke execute on function delete_project_rows(uuid, integer) from public;
