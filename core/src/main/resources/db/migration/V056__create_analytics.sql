-- What analytics_aggregates computes, by days in the project's time zone: facts per conversation and day, and from these the
-- sums per day, inbox and agent. docs/analytics.md says what each number means. New tables only, but for a trigger on signals.

-- What people set. No row: no business hours.
create table analytics_settings (
  project_id     uuid primary key references projects (id),
  -- 1 is Monday, 7 is Sunday.
  business_days  smallint[] check (business_days <@ '{1,2,3,4,5,6,7}' and business_days <> '{}'),
  business_from  time,
  -- The same day; 24:00 is its end.
  business_until time,
  updated_at     timestamptz not null default now(),
  check ((business_days is null) = (business_from is null) and (business_from is null) = (business_until is null)),
  check (business_from < business_until)
);

-- How far the job is.
create table analytics_state (
  project_id uuid primary key references projects (id),
  -- The time zone and the business hours that facts are computed with. When others are set, all conversations are noted as
  -- changed, step by step.
  basis      text not null,
  -- Conversations up to this one, by their beginning, are noted; null: there is nothing to note.
  noted_at   timestamptz,
  noted_id   text,
  check ((noted_at is null) = (noted_id is null))
);

-- What a project's facts are to be computed with, as analytics_state has it when they are.
create function analytics_basis(project uuid) returns text language sql stable as $$
  select p.time_zone || coalesce(
    (select ' ' || array_agg(day order by day)::text from unnest(s.business_days) day)
      || ' ' || s.business_from::text || '-' || s.business_until::text, '')
  from projects p left join analytics_settings s on s.project_id = p.id
  where p.id = project
$$;

-- One row per conversation and day on which something of it counts. 0 is no inbox, and nobody.
create table analytics_facts (
  project_id             uuid not null references projects (id),
  -- What the job writes while its conversation is being erased goes with it.
  conversation_global_id text not null references cw_conversations (global_id) on delete cascade,
  -- What Java and people can read; a conversation with a stranger time is set aside.
  day                    date not null check (day between '0001-01-01' and '9999-12-31'),
  inbox_id               bigint not null,
  agent_id               bigint not null,
  contact_global_id      text,
  opened                 integer not null,
  resolved               integer not null,
  reopened               integer not null,
  messages_in            integer not null,
  messages_out           integer not null,
  -- On the day of the response, and of the resolution: the last one of the day.
  first_response_seconds          bigint,
  first_response_business_seconds bigint,
  resolution_seconds              bigint,
  resolution_business_seconds     bigint,
  -- Number by type.
  signals                jsonb not null,
  primary key (conversation_global_id, day)
);

-- A day is computed from its facts.
create index analytics_facts_of_day on analytics_facts (project_id, day);
-- Erasing a contact.
create index analytics_facts_of_contact on analytics_facts (contact_global_id);

-- Days whose facts changed. Rows are only added and deleted, so whoever changes facts never waits for another one.
create table analytics_dirty_days (
  id         bigint generated always as identity primary key,
  project_id uuid not null references projects (id),
  day        date not null
);

-- The job: a project's days, the oldest first.
create index analytics_dirty_days_by_day on analytics_dirty_days (project_id, day);

-- Whoever changes facts: the job, an erasure, or somebody by hand.
create function mark_days_of_facts() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  insert into analytics_dirty_days (project_id, day)
  select distinct project_id, day from changed_rows c
  -- Its rows are being deleted, these among them.
  where not exists (select from project_deletions d where d.project_id = c.project_id);
  return null;
end $$;

create trigger analytics_facts_inserted after insert on analytics_facts referencing new table as changed_rows
  for each statement execute function mark_days_of_facts();
-- No update moves a fact to another day.
create trigger analytics_facts_updated after update on analytics_facts referencing new table as changed_rows
  for each statement execute function mark_days_of_facts();
create trigger analytics_facts_deleted after delete on analytics_facts referencing old table as changed_rows
  for each statement execute function mark_days_of_facts();

-- The sums of a day: of the project, of each inbox, of each agent, and of each agent in each inbox. Contacts and percentiles do
-- not add up, so each level has its own.
create table analytics_daily (
  project_id             uuid not null references projects (id),
  level                  text not null check (level in ('project', 'inbox', 'agent', 'inbox_agent')),
  day                    date not null,
  inbox_id               bigint not null,
  agent_id               bigint not null,
  opened                 bigint not null,
  resolved               bigint not null,
  reopened               bigint not null,
  backlog_change         bigint not null generated always as (opened - resolved + reopened) stored,
  messages_in            bigint not null,
  messages_out           bigint not null,
  contacts               bigint not null,
  first_response_median           double precision,
  first_response_p90              double precision,
  first_response_business_median  double precision,
  first_response_business_p90     double precision,
  resolution_median               double precision,
  resolution_p90                  double precision,
  resolution_business_median      double precision,
  resolution_business_p90         double precision,
  signals                jsonb not null,
  -- GET /analytics/daily: the days of a level.
  primary key (project_id, level, day, inbox_id, agent_id)
);

-- By how much the backlog grew in a month, so that the backlog of a day needs no sum over all days before.
create table analytics_months (
  project_id     uuid not null references projects (id),
  level          text not null,
  month          date not null check (extract(day from month) = 1),
  inbox_id       bigint not null,
  agent_id       bigint not null,
  backlog_change bigint not null,
  primary key (project_id, level, month, inbox_id, agent_id)
);

-- Chatwoot's names of those who conversations are assigned to.
create table analytics_agents (
  project_id uuid not null references projects (id),
  agent_id   bigint not null,
  name       text not null,
  primary key (project_id, agent_id)
);

-- The seconds of business hours between two times: on these days of the week, from an hour to another, by a clock in this zone.
create function business_seconds(since timestamptz, until timestamptz, zone text, days smallint[], opens time, closes time)
returns bigint language sql stable as $$
  select coalesce(floor(extract(epoch from sum(least(until, h.closed) - greatest(since, h.opened)))), 0)::bigint
  from generate_series((since at time zone zone)::date::timestamp, (until at time zone zone)::date::timestamp, '1 day') d
    cross join lateral (select (d + opens) at time zone zone as opened, (d + closes) at time zone zone as closed) h
  where extract(isodow from d) = any (days) and least(until, h.closed) > greatest(since, h.opened)
$$;

-- Signals count, too: conversations of which one came, went or was dismissed. Rows are only added and deleted: to put them into
-- changed_conversations here, in the order in which they happen to come, could make this transaction and one of the sync
-- wait for each other. The job puts them there.
create table analytics_signal_changes (
  id                     bigint generated always as identity,
  project_id             uuid not null references projects (id),
  conversation_global_id text not null,
  -- Erasing a conversation.
  primary key (conversation_global_id, id)
);

-- The job: a project's changes, the oldest first.
create index analytics_signal_changes_by_project on analytics_signal_changes (project_id, id);

create function note_signals_for_analytics() returns trigger language plpgsql security definer
set search_path = public, pg_temp as $$
begin
  if tg_op = 'UPDATE' then
    insert into analytics_signal_changes (project_id, conversation_global_id)
    select distinct n.project_id, n.conversation_global_id
    from changed_rows n join old_rows o using (id)
    where (n.type, n.status = 'dismissed', n.first_seen_at) is distinct from (o.type, o.status = 'dismissed', o.first_seen_at);
  else
    insert into analytics_signal_changes (project_id, conversation_global_id)
    select distinct project_id, conversation_global_id from changed_rows c
    where not exists (select from project_deletions d where d.project_id = c.project_id);
  end if;
  return null;
end $$;

create trigger signals_note_inserted after insert on signals referencing new table as changed_rows
  for each statement execute function note_signals_for_analytics();
create trigger signals_note_updated after update on signals referencing old table as old_rows new table as changed_rows
  for each statement execute function note_signals_for_analytics();
create trigger signals_note_deleted after delete on signals referencing old table as changed_rows
  for each statement execute function note_signals_for_analytics();

insert into analytics_signal_changes (project_id, conversation_global_id)
select distinct project_id, conversation_global_id from signals;
