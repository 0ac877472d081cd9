-- How the contacts of a project are, found by health_scoring, and what people say to it. docs/health.md tells the formula. New
-- tables; the triggers take a short lock on signals and on cw_contacts.

-- What people want of the formula. A project without a row has the defaults.
create table health_settings (
  project_id       uuid primary key references projects (id),
  -- Rises with each change: a score that was made with a smaller one is made again.
  settings_no      integer not null check (settings_no > 0),
  unanswered       smallint not null check (unanswered between 0 and 100),
  response_latency smallint not null check (response_latency between 0 and 100),
  negative_signals smallint not null check (negative_signals between 0 and 100),
  reopen_rate      smallint not null check (reopen_rate between 0 and 100),
  silence          smallint not null check (silence between 0 and 100),
  csat             smallint not null check (csat between 0 and 100),
  set_by           text not null,
  set_at           timestamptz not null default now(),
  -- These two exist for every contact, so that there is always something to divide by.
  check (unanswered + negative_signals > 0)
);

-- What a conversation says about its contact, so that a contact is scored without reading its messages again. One row per
-- conversation in which the contact wrote something.
create table health_conversations (
  -- The foreign keys of these tables keep out what was erased meanwhile.
  conversation_global_id text primary key references cw_conversations (global_id),
  project_id             uuid not null references projects (id),
  contact_global_id      text,
  last_customer_at       timestamptz not null,
  -- Times and numbers of messages, no texts. Bounded: the latest of each kind.
  facts                  jsonb not null
);

-- The latest conversations of a contact; an erased contact's.
create index health_conversations_of_contact
  on health_conversations (contact_global_id, last_customer_at desc);
-- The foreign key's check when a project goes.
create index health_conversations_by_project on health_conversations (project_id);

-- The contacts to look at, and when: at once, because something about them changed, or when time alone will have changed their
-- score. A contact whose score stays as it is has no row.
create table health_due (
  contact_global_id text primary key references cw_contacts (global_id),
  project_id        uuid not null references projects (id),
  due_at            timestamptz not null,
  -- Who looked at it puts it off only if nothing changed meanwhile.
  change_no         bigint not null default 1,
  -- How often the look failed in a row; then due_at lies in the future.
  failures          integer not null default 0 check (failures >= 0)
) with (fillfactor = 80);

-- What is due in a project, what waits longest first.
create index health_due_by_time on health_due (project_id, due_at, contact_global_id);

create table health_scores (
  contact_global_id text primary key references cw_contacts (global_id),
  project_id        uuid not null references projects (id),
  score             smallint not null check (score between 0 and 100),
  -- Whether it counts in the project's score: the contact wrote something within 90 days.
  active            boolean not null,
  -- What it was made with.
  formula           smallint not null,
  settings_no       integer not null,
  factors           jsonb not null,
  calculated_at     timestamptz not null
);

-- GET /health-scores, in the order of the scores.
create index health_scores_by_score on health_scores (project_id, score, contact_global_id);
-- The scores to be made again after a change of weights or formula.
create index health_scores_by_making on health_scores (project_id, formula, settings_no);

-- One row per contact and day on which it was looked at, in the project's time zone: a day without a row is as the one before.
create table health_history (
  contact_global_id text not null references cw_contacts (global_id),
  project_id        uuid not null references projects (id),
  day               date not null,
  score             smallint not null check (score between 0 and 100),
  primary key (contact_global_id, day)
);

-- What is old enough to go.
create index health_history_by_day on health_history (project_id, day);

-- The sums over a project's active contacts, kept by triggers on health_scores.
create table health_projects (
  project_id uuid primary key references projects (id),
  contacts   integer not null check (contacts >= 0),
  score_sum  bigint not null,
  healthy    integer not null,
  watch      integer not null,
  at_risk    integer not null,
  critical   integer not null
);

-- The same at the end of each day on which something was looked at.
create table health_project_days (
  project_id uuid not null references projects (id),
  day        date not null,
  contacts   integer not null,
  score_sum  bigint not null,
  healthy    integer not null,
  watch      integer not null,
  at_risk    integer not null,
  critical   integer not null,
  primary key (project_id, day)
);

-- What a person says of a contact, in the place of the calculated score until it expires.
create table health_overrides (
  contact_global_id text primary key references cw_contacts (global_id),
  project_id        uuid not null references projects (id),
  score             smallint not null check (score between 0 and 100),
  reason            text not null check (length(reason) between 1 and 500),
  set_by            text not null,
  set_at            timestamptz not null default now(),
  expires_at        timestamptz not null
);

-- GET /health-scores: those that are overridden, among the others.
create index health_overrides_by_score on health_overrides (project_id, score, contact_global_id);
-- What expired long ago and is to go.
create index health_overrides_by_expiry on health_overrides (project_id, expires_at);

create function health_tier(score integer) returns text language sql immutable parallel safe as $$
  select case when score >= 75 then 'healthy' when score >= 50 then 'watch' when score >= 25 then 'at_risk' else 'critical' end
$$;

-- Runs with the rights of who writes the scores.
create function count_health_scores() returns trigger language plpgsql as $$
begin
  -- What is new first, so that no sum is ever below zero.
  if tg_op <> 'DELETE' then
    insert into health_projects as p (project_id, contacts, score_sum, healthy, watch, at_risk, critical)
    select project_id, count(*), sum(score), count(*) filter (where health_tier(score) = 'healthy'),
      count(*) filter (where health_tier(score) = 'watch'), count(*) filter (where health_tier(score) = 'at_risk'),
      count(*) filter (where health_tier(score) = 'critical')
    from new_rows where active group by project_id order by project_id
    on conflict (project_id) do update
    set contacts = p.contacts + excluded.contacts, score_sum = p.score_sum + excluded.score_sum,
        healthy = p.healthy + excluded.healthy, watch = p.watch + excluded.watch,
        at_risk = p.at_risk + excluded.at_risk, critical = p.critical + excluded.critical;
  end if;
  if tg_op <> 'INSERT' then
    update health_projects p
    set contacts = p.contacts - o.contacts, score_sum = p.score_sum - o.score_sum, healthy = p.healthy - o.healthy,
        watch = p.watch - o.watch, at_risk = p.at_risk - o.at_risk, critical = p.critical - o.critical
    from (
      select project_id, count(*) as contacts, sum(score) as score_sum,
        count(*) filter (where health_tier(score) = 'healthy') as healthy,
        count(*) filter (where health_tier(score) = 'watch') as watch,
        count(*) filter (where health_tier(score) = 'at_risk') as at_risk,
        count(*) filter (where health_tier(score) = 'critical') as critical
      from old_rows where active group by project_id) o
    where p.project_id = o.project_id;
  end if;
  return null;
end $$;

create trigger health_scores_inserted after insert on health_scores referencing new table as new_rows
  for each statement execute function count_health_scores();
create trigger health_scores_updated after update on health_scores
  referencing old table as old_rows new table as new_rows for each statement execute function count_health_scores();
create trigger health_scores_deleted after delete on health_scores referencing old table as old_rows
  for each statement execute function count_health_scores();

-- Called with contacts, in one order, so that two writers never wait for each other.
create function note_health_due(contacts text[]) returns void language sql as $$
  insert into health_due as d (contact_global_id, project_id, due_at)
  select c.global_id, c.project_id, now()
  from cw_contacts c
  where c.global_id = any (contacts)
    -- Its rows are being deleted, these among them.
    and not exists (select from project_deletions p where p.project_id = c.project_id)
  order by c.global_id
  on conflict (contact_global_id) do update
  set change_no = d.change_no + 1, due_at = least(d.due_at, excluded.due_at), failures = 0
$$;

-- A conversation was erased: its contact is scored without it.
create function health_conversations_gone() returns trigger language plpgsql security definer as $$
begin
  perform note_health_due(array(select distinct contact_global_id from old_rows where contact_global_id is not null));
  return null;
end $$;

create trigger health_conversations_deleted after delete on health_conversations referencing old table as old_rows
  for each statement execute function health_conversations_gone();

-- A contact that goes takes its score along; one that comes back gets one again.
create function health_contact_gone() returns trigger language plpgsql security definer as $$
begin
  perform note_health_due(array[new.global_id]);
  return null;
end $$;

create trigger cw_contacts_note_health after update on cw_contacts
  for each row when (old.deleted_at is distinct from new.deleted_at) execute function health_contact_gone();

-- Health reads the signals, so a conversation whose signals change has changed for it.
create function note_signals_for_health(ids text[]) returns void language sql as $$
  insert into changed_conversations as c (project_id, conversation_global_id, reader)
  select split_part(id, ':', 2)::uuid, id, 'health'
  from (select distinct unnest(ids) as id) as changed
  where not exists (select from project_deletions d where d.project_id = split_part(id, ':', 2)::uuid)
  order by id
  on conflict (conversation_global_id, reader) do update
  set change_no = c.change_no + 1, due_at = least(c.due_at, excluded.due_at), failures = 0
$$;

create function health_signals_inserted() returns trigger language plpgsql security definer as $$
begin
  perform note_signals_for_health(array(select conversation_global_id from new_rows));
  return null;
end $$;

create function health_signals_updated() returns trigger language plpgsql security definer as $$
begin
  perform note_signals_for_health(array(
    select n.conversation_global_id from new_rows n join old_rows o using (id)
    where (n.type, n.status, n.severity, n.last_seen_at) is distinct from (o.type, o.status, o.severity, o.last_seen_at)));
  return null;
end $$;

create function health_signals_deleted() returns trigger language plpgsql security definer as $$
begin
  perform note_signals_for_health(array(select conversation_global_id from old_rows));
  return null;
end $$;

create trigger signals_note_health_inserted after insert on signals referencing new table as new_rows
  for each statement execute function health_signals_inserted();
create trigger signals_note_health_updated after update on signals referencing old table as old_rows new table as new_rows
  for each statement execute function health_signals_updated();
create trigger signals_note_health_deleted after delete on signals referencing old table as old_rows
  for each statement execute function health_signals_deleted();

-- Fixed, or a caller could put tables of its own in the place of these; see V051.
do $$
declare
  written text;
begin
  foreach written in array array['count_health_scores()', 'note_health_due(text[])', 'health_conversations_gone()',
                                 'health_contact_gone()', 'note_signals_for_health(text[])', 'health_signals_inserted()',
                                 'health_signals_updated()', 'health_signals_deleted()']
  loop
    execute format('alter function %s set search_path = %I, pg_temp', written, current_schema());
  end loop;
end $$;
revoke execute on function note_health_due(text[]) from public;
revoke execute on function note_signals_for_health(text[]) from public;
