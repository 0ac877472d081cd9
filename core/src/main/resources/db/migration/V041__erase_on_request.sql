-- A contact, a conversation or a source is erased on request, and what was erased stays gone although Chatwoot still shows
-- it. New tables and functions; the triggers take a short lock on cw_contacts and cw_conversations each, and the constraint
-- one on project_sources, which is small.

-- A server has one spelling from now on, that of BaseAddress: host in lower case, no default port, no dot or slash at the
-- end. Where two spellings of one account are bound, the older one gets it and the other stays as it is.
update project_sources s set base_url = n.base_url
from (
  select distinct on (base_url, external_id) id, base_url
  from (
    select id, external_id, created_at, base_url as was,
      regexp_replace(
        regexp_replace(
          regexp_replace(lower(substring(base_url from '^https?://[^/]+')), '^(http://.*):80$', '\1'),
          '^(https://.*):443$', '\1'),
        '[.](:[0-9]+)?$', '\1')
      || substring(base_url from '^https?://[^/]+(.*)$') as base_url
    from project_sources) spelled
  order by base_url, external_id, was = base_url desc, created_at, id) n
where s.id = n.id and s.base_url <> n.base_url;

-- Global ids name the project, the account and the number, but no server: of two accounts with the same number, one
-- project can have one only. Also not while the other is being erased. There was no way but SQL to have two so far.
alter table project_sources add constraint project_sources_one_of_a_number unique (project_id, source_kind, external_id);

create table erasures (
  id           uuid primary key default gen_random_uuid(),
  project_id   uuid not null references projects (id),
  -- No foreign key: a source may be what is erased.
  source_id    uuid not null,
  kind         text not null check (kind in ('contact', 'conversation', 'source')),
  -- Chatwoot's number of the contact, conversation or account.
  number       bigint not null,
  -- Null for a source.
  global_id    text,
  requested_by text not null,
  requested_at timestamptz not null default now(),
  -- Rows deleted so far, by table.
  deleted      jsonb not null default '{}',
  -- What it waits for; null: for nothing.
  waits_for    text,
  worked_at    timestamptz not null default now(),
  finished_at  timestamptz,
  unique (source_id, kind, number),
  check ((kind = 'source') = (global_id is null))
);

-- Those of a project, newest first.
create index erasures_by_project on erasures (project_id, requested_at desc, id);
-- The sweep: erasures that are not finished, in turns.
create index erasures_open on erasures (worked_at) where finished_at is null;

-- What must not be stored again, by server and account: it stays when the source goes, and holds again for the one that reads
-- the account next. Only numbers are kept of it.
create table erased_things (
  project_id  uuid not null,
  base_url    text not null,
  -- Chatwoot's number of the account.
  external_id text not null,
  global_id   text not null,
  -- The source that reads the account; null: none does at present.
  source_id   uuid references project_sources (id) on delete set null,
  kind        text not null check (kind in ('contact', 'conversation')),
  -- Whether Chatwoot counts it among those it shows: then it is not missing here.
  counted     boolean not null,
  primary key (project_id, base_url, global_id),
  -- Whatever is stored is looked up here; also a source that goes, and one that comes.
  unique (source_id, global_id)
);

-- The sync: how many of those that Chatwoot counts are missing on purpose.
create index erased_things_of_source on erased_things (source_id, kind) where counted;

-- Accounts whose source was removed, or whose project was deleted: the environment binds none of these by itself. By hand
-- they may be bound. It belongs to no project, and names a server and a number.
create table withdrawn_accounts (
  base_url     text not null,
  external_id  text not null,
  withdrawn_at timestamptz not null default now(),
  primary key (base_url, external_id)
);

create function withdraw_account() returns trigger language plpgsql security definer
set search_path = public, pg_temp as $$
begin
  insert into withdrawn_accounts (base_url, external_id) values (old.base_url, old.external_id)
  on conflict (base_url, external_id) do update set withdrawn_at = now();
  return null;
end $$;

create trigger project_sources_withdraw after delete on project_sources
  for each row execute function withdraw_account();

-- Whoever binds an account: what was erased of it holds again, and how far another of its number was synced does not.
create function begin_source() returns trigger language plpgsql security definer
set search_path = public, pg_temp as $$
begin
  delete from sync_watermarks where project_id = new.project_id and source = new.source_kind || ':' || new.external_id;
  update erased_things set source_id = new.id
  where project_id = new.project_id and base_url = new.base_url and external_id = new.external_id;
  return null;
end $$;

create trigger project_sources_begin after insert on project_sources
  for each row execute function begin_source();

-- A source that is being erased: it is synced no more.
alter table project_sources add column removed_at timestamptz;

-- Keeps out what was erased, whoever writes. Who erases holds the source's row until its wish is committed: a row that was
-- stored before is seen and deleted, and one that comes later is kept out. The argument is the kind.
--
-- An upsert fires this for every row, also for those that are there. Where nothing of the source was erased, one look is
-- enough for a transaction: its lock on the source's row keeps every wish waiting until its end, and without a wish
-- nothing is added to erased_things. What it saw is noted in a setting of the transaction.
create function keep_out_erased() returns trigger language plpgsql security definer
set search_path = public, pg_temp as $$
declare
  contacts text[];
begin
  if tg_argv[0] = 'conversation' then
    contacts := array[new.contact_global_id];
    if tg_op = 'UPDATE' then
      -- It was an erased contact's, and is given to another one before its turn came to be erased.
      contacts := contacts || old.contact_global_id;
    end if;
  end if;
  perform from project_sources where id = new.source_id and removed_at is null for key share;
  if not found then
    return null;
  end if;
  if not exists (select from erased_things where source_id = new.source_id) then
    perform set_config('threadmill.nothing_erased_of', new.source_id::text, true);
    return new;
  end if;
  if exists (select from erased_things where source_id = new.source_id and global_id = new.global_id) then
    return null;
  end if;
  if exists (select from erased_things where source_id = new.source_id and global_id = any (contacts)) then
    -- A new conversation of an erased contact, one that was such a contact's, or one of a contact that was merged into it.
    insert into erased_things (project_id, base_url, external_id, global_id, source_id, kind, counted)
    select new.project_id, s.base_url, s.external_id, new.global_id, s.id, 'conversation', new.deleted_at is null
    from project_sources s where s.id = new.source_id
    on conflict do nothing;
    -- An upsert fires this as an insert, too.
    if exists (select from cw_conversations where global_id = new.global_id) then
      insert into erasures (project_id, source_id, kind, number, global_id, requested_by)
      values (new.project_id, new.source_id, 'conversation', new.conversation_id, new.global_id, 'erasure of its contact')
      on conflict (source_id, kind, number) do nothing;
    end if;
    return null;
  end if;
  return new;
end $$;

create trigger cw_contacts_keep_out_inserted before insert on cw_contacts
  for each row when (current_setting('threadmill.nothing_erased_of', true) is distinct from new.source_id::text)
  execute function keep_out_erased('contact');
create trigger cw_contacts_keep_out_revived before update on cw_contacts
  for each row when (new.deleted_at is null and old.deleted_at is not null
                     and current_setting('threadmill.nothing_erased_of', true) is distinct from new.source_id::text)
  execute function keep_out_erased('contact');
create trigger cw_conversations_keep_out_inserted before insert on cw_conversations
  for each row when (current_setting('threadmill.nothing_erased_of', true) is distinct from new.source_id::text)
  execute function keep_out_erased('conversation');
create trigger cw_conversations_keep_out_revived before update on cw_conversations
  for each row when (((new.deleted_at is null and old.deleted_at is not null)
                      or new.contact_global_id is distinct from old.contact_global_id)
                     and current_setting('threadmill.nothing_erased_of', true) is distinct from new.source_id::text)
  execute function keep_out_erased('conversation');

-- Deletes at most so many rows of one table that name one of these things in a column, and counts them. False when there are
-- none. The tables are taken from the catalogue, so that a new one can't be forgotten.
create function delete_rows_naming(erasure uuid, named text, ids text[], most integer) returns boolean
language plpgsql set search_path = public, pg_temp as $$
declare
  t record;
begin
  for t in
    select o.table_name from tables_of_projects() with ordinality as o (table_name, condition, n)
    join pg_attribute a on a.attrelid = to_regclass(quote_ident(o.table_name)) and a.attname = named
    where not a.attisdropped and not (named = 'contact_global_id' and o.table_name = 'cw_conversations')
    order by o.n
  loop
    if delete_some_rows(erasure, t.table_name, format('%I = any ($1)', named), ids, most) > 0 then
      return true;
    end if;
  end loop;
  return false;
end $$;

create function delete_some_rows(erasure uuid, table_name text, condition text, ids text[], most integer) returns bigint
language plpgsql set search_path = public, pg_temp as $$
declare
  n bigint;
begin
  execute format('delete from %I where ctid = any (array(select ctid from %I where %s limit $2))',
                 table_name, table_name, condition)
  using ids, most;
  get diagnostics n = row_count;
  if n > 0 then
    update erasures e
    set deleted = e.deleted || jsonb_build_object(table_name, coalesce((e.deleted ->> table_name)::bigint, 0) + n)
    where e.id = erasure;
  end if;
  return n;
end $$;

-- One batch of an erasure: at most so many rows of one table. Says whether it is through. Runs with its owner's rights, for
-- no service owns the rows of all tables. Others have their turn before its next one, also when it can't go on.
-- Always by an index, like delete_project_rows.
create function erase_rows(erasure uuid, most integer) returns boolean
language plpgsql security definer set search_path = public, pg_temp set enable_seqscan = off set enable_bitmapscan = off as $$
declare
  e erasures;
  through boolean;
begin
  select * into e from erasures where id = erasure and finished_at is null for update;
  if not found then
    return true;
  end if;
  begin
    through := erase_some_rows(e, most);
  exception when foreign_key_violation then
    -- Somebody who does not know yet has written rows that point to these: they go with a later batch.
    update erasures set worked_at = clock_timestamp(), waits_for = 'writers' where id = erasure;
    return false;
  end;
  update erasures
  set worked_at = clock_timestamp(), waits_for = null, finished_at = case when through then clock_timestamp() end
  where id = erasure;
  return through;
end $$;

create function erase_some_rows(e erasures, most integer) returns boolean
language plpgsql set search_path = public, pg_temp as $$
declare
  conversations text[];
  contacts text[];
begin
  conversations := case e.kind
    when 'conversation' then array(select global_id from cw_conversations where global_id = e.global_id)
    when 'contact' then array(select global_id from cw_conversations where contact_global_id = e.global_id limit 20)
    else array(select global_id from cw_conversations where source_id = e.source_id limit 20) end;
  if cardinality(conversations) > 0 then
    if e.kind = 'contact' then
      -- They stay gone, too, even where Chatwoot gives them to another contact.
      insert into erased_things (project_id, base_url, external_id, global_id, source_id, kind, counted)
      select c.project_id, s.base_url, s.external_id, c.global_id, s.id, 'conversation', c.deleted_at is null
      from cw_conversations c join project_sources s on s.id = c.source_id
      where c.global_id = any (conversations)
      on conflict do nothing;
    end if;
    -- Waits for who stores messages at this moment, and keeps out who would do so next.
    update cw_conversations set deleted_at = now() where global_id = any (conversations) and deleted_at is null;
    if not delete_rows_naming(e.id, 'conversation_global_id', conversations, most) then
      perform delete_some_rows(e.id, 'cw_conversations', 'global_id = any ($1)', conversations, most);
    end if;
    return false;
  end if;
  contacts := case e.kind
    when 'conversation' then '{}'
    when 'contact' then array(select global_id from cw_contacts where global_id = e.global_id)
    else array(select global_id from cw_contacts where source_id = e.source_id limit most) end;
  if cardinality(contacts) > 0 then
    if not delete_rows_naming(e.id, 'contact_global_id', contacts, most) then
      perform delete_some_rows(e.id, 'cw_contacts', 'global_id = any ($1)', contacts, most);
    end if;
    return false;
  end if;
  if e.kind = 'conversation' then
    delete from sync_hints where source_id = e.source_id and conversation_id = e.number;
    delete from sync_unanswered where source_id = e.source_id and conversation_id = e.number;
    delete from sync_walk_edge where source_id = e.source_id and conversation_id = e.number;
  elsif e.kind = 'source' then
    if delete_some_rows(e.id, 'cw_inboxes', 'source_id = any ($1::uuid[])', array[e.source_id::text], most) > 0
       or delete_some_rows(e.id, 'sync_hints', 'source_id = any ($1::uuid[])', array[e.source_id::text], most) > 0
       or delete_some_rows(e.id, 'sync_unanswered', 'source_id = any ($1::uuid[])', array[e.source_id::text], most) > 0 then
      return false;
    end if;
    delete from sync_watermarks w where w.project_id = e.project_id and w.source = 'chatwoot:' || e.number;
    delete from project_sources where id = e.source_id;
  end if;
  return true;
end $$;

-- They delete with their owner's rights, and are called by the owner so far.
revoke execute on function erase_rows(uuid, integer) from public;
revoke execute on function erase_some_rows(erasures, integer) from public;
revoke execute on function delete_rows_naming(uuid, text, text[], integer) from public;
revoke execute on function delete_some_rows(uuid, text, text, text[], integer) from public;
