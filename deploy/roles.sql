-- Roles that let each service write what docs/ARCHITECTURE.md says it owns, and nothing else; reading is free.
--
-- Run it as a superuser, or as the schema's owner with CREATEROLE, after the migrations, and again after each upgrade:
--   psql -v ON_ERROR_STOP=1 -f deploy/roles.sql "$DATABASE"
-- Then let each service log in with its role, and the migrations go on with the owner's:
--   alter role threadmill_gateway login password '…';     SPRING_DATASOURCE_USERNAME=threadmill_gateway
--                                                         SPRING_FLYWAY_USER, SPRING_FLYWAY_PASSWORD: the owner
-- What is not said here is only read. docs/adr/0021 says why it is a script and not a migration.
--
-- All of it or nothing, and services that run go on: a right is never away in between, and a lock that others wait behind
-- is not waited for long.
begin;
set local lock_timeout = '5s';

do $$
declare
  service text;
begin
  foreach service in array array['threadmill_services', 'threadmill_vectors', 'threadmill_gateway', 'threadmill_ingest',
                                 'threadmill_embed', 'threadmill_scheduler']
  loop
    begin
      execute format('create role %I nologin', service);
    exception when duplicate_object or unique_violation then
      -- It is there; roles belong to the server, not to one database.
    end;
  end loop;
end $$;

grant threadmill_services to threadmill_gateway, threadmill_ingest, threadmill_embed, threadmill_scheduler;

-- Everybody reads everything, also tables of later versions; nobody keeps a right from an earlier run of this script.
grant usage on schema public to threadmill_services;
grant select on all tables in schema public to threadmill_services;
do $$
declare
  owner name := (select tableowner from pg_tables where schemaname = 'public' and tablename = 'projects');
begin
  execute format('alter default privileges for role %I in schema public grant select on tables to threadmill_services',
    owner);
end $$;
revoke create on schema public from public;
revoke insert, update, delete, truncate on all tables in schema public
  from threadmill_services, threadmill_gateway, threadmill_ingest, threadmill_embed, threadmill_scheduler;

-- core, through whose classes every service starts and finishes runs. The first one creates the project "default".
grant insert on projects to threadmill_services;
grant insert, update on job_runs to threadmill_services;
grant insert, update, delete on job_workers to threadmill_ingest, threadmill_embed, threadmill_scheduler;

-- ingest-service; it binds the first source.
grant insert, update on project_sources to threadmill_ingest;
grant insert, update on cw_contacts, cw_conversations, cw_messages, cw_inboxes, sync_watermarks to threadmill_ingest;
grant insert, update, delete on sync_unanswered, sync_walk_edge, rag_chunks to threadmill_ingest;
grant update, delete on sync_hints to threadmill_ingest;
-- It notes whether Chatwoot still shows what was erased.
grant update (counted) on erased_things to threadmill_ingest;

-- embed-worker: the embedding of a chunk, never its text.
grant update (embedding, embedding_status, embedding_model, embedding_attempts, embedding_error, embedding_fence,
  claimed_by, lease_until, next_attempt_at, last_embedded_at, updated_at) on rag_chunks to threadmill_embed;
grant insert, update on embedding_models, project_vector_spaces, provider_budgets, embedding_usage to threadmill_embed;
grant insert, update, delete on vector_segments, texts_in_flight to threadmill_embed;
grant insert, delete on spare_vectors to threadmill_embed;
-- Only who owns a table may index it. The schema's owner stays a member, for the migrations and for the trigger that
-- forgets the vector of an edited text.
do $$
declare
  owner name := (select tableowner from pg_tables where schemaname = 'public' and tablename = 'projects');
begin
  execute format('grant threadmill_vectors to %I', owner);
end $$;
grant threadmill_vectors to threadmill_embed;
grant usage, create on schema public to threadmill_vectors;
do $$
begin
  -- Stops who reads vectors at this moment, so only once.
  if (select tableowner from pg_tables where schemaname = 'public' and tablename = 'rag_vectors') <> 'threadmill_vectors' then
    alter table rag_vectors owner to threadmill_vectors;
  end if;
end $$;

-- scheduler-service; it deletes old runs, and folds and checks the counts.
grant delete on job_runs to threadmill_scheduler;
grant insert, update on scheduled_jobs, row_counts, row_count_checks to threadmill_scheduler;
grant insert, update, delete on changed_conversations to threadmill_scheduler;
grant insert, update, delete on health_conversations, health_due, health_scores, health_history, health_project_days
  to threadmill_scheduler;
grant insert, delete on health_signal_changes to threadmill_scheduler;
-- By the triggers on health_scores alone.
grant insert, update on health_projects to threadmill_scheduler;
grant insert, update, delete on analytics_facts to threadmill_scheduler;
-- The trigger on facts inserts into the days.
grant insert, delete on analytics_dirty_days, analytics_signal_changes, analytics_daily, analytics_months to threadmill_scheduler;
grant insert, update on analytics_agents, analytics_state to threadmill_scheduler;
grant insert, update, delete on signals, signal_evidence, signal_reads, signal_examples, contact_rhythms
  to threadmill_scheduler;
-- The example sentences that it has embedded are paid, too.
grant insert, update on embedding_usage to threadmill_scheduler;
-- A contact that is gone takes along what a person said of it.
grant delete on health_overrides to threadmill_scheduler;
-- They are locked before they are deleted.
grant update, delete on unread_vectors to threadmill_scheduler;
-- Of a campaign it writes how far it is, never what it says or who approved it.
grant update (state, started_at, replies_to, enrol_number, enrol_id, enrolled_at, completed_at, settled_at, state_changed_by,
  worked_at, updated_at) on campaigns to threadmill_scheduler;
grant insert, update on campaign_members, outbound_messages to threadmill_scheduler;
-- Of changes of counts none is changed, but they are locked before they are deleted, and that needs this right, too.
grant insert, update, delete on worker_runs, scheduler_ticks, row_count_changes to threadmill_scheduler;

-- Who wants something erased names it at once, so that it is kept out from then on.
grant insert on erased_things to threadmill_gateway;

-- A trigger's function needs no right to run when its trigger fires, only to be made part of a trigger: nobody is to put one
-- that writes with its owner's rights on a table of their own. The same for what belongs to those functions. Temporary
-- tables, which nothing here needs, would be such tables.
do $$
declare
  private record;
begin
  for private in
    select p.oid::regprocedure as signature
    from pg_proc p
    where p.pronamespace = 'public'::regnamespace
      and (p.prorettype = 'trigger'::regtype or p.prosecdef
           or p.proname in ('tables_of_projects', 'erase_some_rows', 'delete_rows_naming', 'delete_some_rows',
             'note_changed_conversations', 'note_health_due', 'note_signals_for_health'))
      and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
  loop
    execute format('revoke execute on function %s from public', private.signature);
  end loop;
  execute format('revoke temporary on database %I from public', current_database());
end $$;

-- Projects are deleted and things erased by two functions with the owner's rights, which the scheduler alone may call; it
-- locks the wish meanwhile. The gateway files the wish.
grant update on project_deletions, erasures to threadmill_scheduler;
grant insert on project_deletions, erasures to threadmill_gateway;
grant execute on function delete_project_rows, erase_rows to threadmill_scheduler;

-- api-gateway: what people set, tokens, and a log to which rows are only added.
grant update on projects to threadmill_gateway;
grant insert, update on project_sources, api_tokens to threadmill_gateway;
grant insert, update, delete on idempotency_keys, dead_letter_replays, dashboard_sessions to threadmill_gateway;
grant insert, update on analytics_settings to threadmill_gateway;
-- The questions of searches are paid, too.
grant insert, update on embedding_usage to threadmill_gateway;
grant insert on audit_log to threadmill_gateway;
-- How far an index is built, which the embed worker's session does. Not everybody may grant it; then status lacks that.
do $$
begin
  grant pg_read_all_stats to threadmill_gateway;
exception when insufficient_privilege then
  raise notice 'pg_read_all_stats is not granted to threadmill_gateway: status will not show how far an index is built';
end $$;
grant insert, update, delete on signal_rules to threadmill_gateway;
-- What people decide on a signal.
grant update (status, decided_by, decided_at, updated_at) on signals to threadmill_gateway;
grant insert, update on scheduled_jobs to threadmill_gateway;
grant insert on scheduler_ticks to threadmill_gateway;
grant insert, update on health_settings to threadmill_gateway;
grant insert, update, delete on health_overrides to threadmill_gateway;
-- Campaigns as people make and approve them, who does not want any, and what people decide on a message. Whether one was
-- sent is not theirs to say.
grant insert, update (name, segment, steps, rules, state, state_changed_by, approved_by, approved_at, completed_at, updated_at)
  on campaigns to threadmill_gateway;
grant update (state, stop_reason, due_at, ended_at) on campaign_members to threadmill_gateway;
grant update (state, reason, text, due_at, approved_by, approved_at, edited_by, edited_at, updated_at)
  on outbound_messages to threadmill_gateway;
grant insert, delete on campaign_opt_outs to threadmill_gateway;
-- It files hints, and puts failed chunks back.
grant insert, update (received_at) on sync_hints to threadmill_gateway;
grant update (embedding_status, embedding_attempts, embedding_error, embedding_fence, next_attempt_at)
  on rag_chunks to threadmill_gateway;

commit;
