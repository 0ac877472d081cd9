-- How many rows of each kind a project has, exact at every moment and read without counting them. Each statement that
-- changes rows adds its difference as a row of its own, in its own transaction, so that nobody waits for anybody; the
-- scheduler folds the differences into the sums. What is true is the sum of both. The triggers come with the counts of
-- what is there: writers wait while it is counted.
create table row_counts (
  project_id uuid not null references projects (id) on delete cascade,
  kind       text not null,
  n          bigint not null,
  primary key (project_id, kind)
);

-- No foreign key: a difference must not lock its project's row.
create table row_count_changes (
  id         bigint generated always as identity primary key,
  project_id uuid not null,
  kind       text not null,
  delta      bigint not null
);
-- A project's differences that are not folded yet.
create index row_count_changes_by_project on row_count_changes (project_id);

-- When each project's counts were last compared with its rows.
create table row_count_checks (
  project_id uuid primary key references projects (id) on delete cascade,
  checked_at timestamptz not null default now()
);

-- Rows of what Chatwoot shows: those that are not gone. The argument is the kind.
create function count_shown_rows() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    insert into row_count_changes (project_id, kind, delta)
    select project_id, tg_argv[0], count(*) from new_rows where deleted_at is null group by project_id;
  elsif tg_op = 'DELETE' then
    insert into row_count_changes (project_id, kind, delta)
    select project_id, tg_argv[0], -count(*) from old_rows where deleted_at is null group by project_id;
  else
    insert into row_count_changes (project_id, kind, delta)
    select project_id, tg_argv[0], sum(d) from (
      select project_id, 1 as d from new_rows where deleted_at is null
      union all select project_id, -1 from old_rows where deleted_at is null) both_rows
    group by project_id having sum(d) <> 0;
  end if;
  return null;
end $$;

-- Chunks, by the state of their embedding.
create function count_chunks() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    insert into row_count_changes (project_id, kind, delta)
    select project_id, 'chunks_' || embedding_status, count(*) from new_rows group by project_id, embedding_status;
  elsif tg_op = 'DELETE' then
    insert into row_count_changes (project_id, kind, delta)
    select project_id, 'chunks_' || embedding_status, -count(*) from old_rows group by project_id, embedding_status;
  else
    insert into row_count_changes (project_id, kind, delta)
    select project_id, 'chunks_' || embedding_status, sum(d) from (
      select project_id, embedding_status, 1 as d from new_rows
      union all select project_id, embedding_status, -1 from old_rows) both_rows
    group by project_id, embedding_status having sum(d) <> 0;
  end if;
  return null;
end $$;

-- The argument is how the kinds of the emptied table begin.
create function count_no_rows() returns trigger language plpgsql as $$
begin
  delete from row_counts where starts_with(kind, tg_argv[0]);
  delete from row_count_changes where starts_with(kind, tg_argv[0]);
  return null;
end $$;

do $$
declare
  counted record;
begin
  for counted in
    select * from (values ('cw_contacts', 'contacts', 'count_shown_rows'),
                          ('cw_conversations', 'conversations', 'count_shown_rows'),
                          ('cw_messages', 'messages', 'count_shown_rows'),
                          ('rag_chunks', 'chunks_', 'count_chunks')) as t (name, kind, counter)
  loop
    execute format('create trigger %1$s_inserted after insert on %1$s referencing new table as new_rows
      for each statement execute function %3$s(%2$L)', counted.name, counted.kind, counted.counter);
    execute format('create trigger %1$s_updated after update on %1$s referencing old table as old_rows new table as new_rows
      for each statement execute function %3$s(%2$L)', counted.name, counted.kind, counted.counter);
    execute format('create trigger %1$s_deleted after delete on %1$s referencing old table as old_rows
      for each statement execute function %3$s(%2$L)', counted.name, counted.kind, counted.counter);
    execute format('create trigger %1$s_emptied after truncate on %1$s
      for each statement execute function count_no_rows(%2$L)', counted.name, counted.kind);
  end loop;
end $$;

insert into row_counts (project_id, kind, n)
select project_id, 'contacts', count(*) from cw_contacts where deleted_at is null group by 1
union all select project_id, 'conversations', count(*) from cw_conversations where deleted_at is null group by 1
union all select project_id, 'messages', count(*) from cw_messages where deleted_at is null group by 1
union all select project_id, 'chunks_' || embedding_status, count(*) from rag_chunks group by 1, 2;
