-- What signals_extraction needs besides V043: how evidence came about, lists of signals, and how far it has read. The vectors that
-- are there are noted as unread, which reads rag_vectors once; the trigger takes a short lock on it.
alter table signal_evidence
  add column severity           smallint not null default 1 check (severity between 1 and 5),
  -- Both halves of the confidence, for the two detectors come at different times: by words, and by meaning.
  add column rule_id            text,
  add column rule_confidence    double precision check (rule_confidence between 0 and 1),
  add column meaning_confidence double precision check (meaning_confidence between 0 and 1),
  add column meaning_similarity double precision,
  add column meaning_model      text,
  -- The text that was compared, as in rag_chunks.text_hash: with another text it says nothing.
  add column meaning_hash       text;

-- GET /signals, and with ?type=, ?status=, ?contact=; the first is the foreign key's check when a project goes, too.
create index signals_listed on signals (project_id, last_seen_at, id);
create index signals_of_type on signals (project_id, type, last_seen_at, id);
create index signals_of_status on signals (project_id, status, last_seen_at, id);
create index signals_of_contact on signals (contact_global_id, last_seen_at, id);
-- The job's look at what is known of a conversation; ?conversation=; erasure.
create index signals_of_conversation on signals (conversation_global_id, last_seen_at, id);
-- The same for evidence, and deleting a project.
create index signal_evidence_of_conversation on signal_evidence (conversation_global_id);
create index signal_evidence_by_project on signal_evidence (project_id);

-- How far the words of a conversation were read: messages that changed later are read again, others are not.
create table signal_reads (
  project_id             uuid not null references projects (id),
  -- As in signals: what was erased meanwhile is kept out.
  conversation_global_id text primary key references cw_conversations (global_id),
  -- The database's time when they were read.
  read_at                timestamptz not null
);
create index signal_reads_by_project on signal_reads (project_id);

-- Vectors that were not compared with the examples yet, noted in the transaction that writes them (ADR 26).
create table unread_vectors (
  project_id uuid not null references projects (id),
  chunk_id   bigint not null,
  primary key (project_id, chunk_id)
);

create function note_unread_vectors() returns trigger language plpgsql security definer as $$
begin
  insert into unread_vectors (project_id, chunk_id)
  select distinct n.project_id, n.chunk_id from new_rows n
  where not exists (select from project_deletions d where d.project_id = n.project_id)
  order by 1, 2
  -- A row that is there is locked: who is about to take it away waits, and then reads the new vector.
  on conflict (project_id, chunk_id) do update set chunk_id = excluded.chunk_id;
  return null;
end $$;
create trigger rag_vectors_note_inserted after insert on rag_vectors referencing new table as new_rows
  for each statement execute function note_unread_vectors();
create trigger rag_vectors_note_updated after update on rag_vectors referencing new table as new_rows
  for each statement execute function note_unread_vectors();
insert into unread_vectors (project_id, chunk_id) select distinct project_id, chunk_id from rag_vectors;

-- The example sentences in each model's space. They belong to no project.
create table signal_examples (
  model_id  smallint not null references embedding_models (id),
  -- As in signals/examples.yaml; 'neutral' for those that mean none.
  type      text not null,
  sentence  text not null,
  embedding halfvec not null,
  primary key (model_id, type, sentence)
);

-- Each customer's own rhythm, and when its silence is looked at next: only who is due is looked at.
create table contact_rhythms (
  project_id        uuid not null references projects (id),
  contact_global_id text primary key references cw_contacts (global_id),
  -- Visits of the customer that were counted, and the middle of the gaps between them; null: too few to tell.
  visits            integer not null,
  median_seconds    double precision check (median_seconds > 0),
  -- How much the gaps differ: how far they are from the middle one on average.
  spread_seconds    double precision,
  last_said_at      timestamptz not null,
  last_message_id   text not null,
  conversation_global_id text not null references cw_conversations (global_id),
  -- Null: nothing is to be said of its silence any more.
  due_at            timestamptz
);
create index contact_rhythms_due on contact_rhythms (project_id, due_at) where due_at is not null;
create index contact_rhythms_by_project on contact_rhythms (project_id);
create index contact_rhythms_of_conversation on contact_rhythms (conversation_global_id);

-- Rules that people add for their project.
create table signal_rules (
  project_id uuid not null references projects (id),
  name       text not null,
  type       text not null check (type in ('delivery_risk', 'commercial_pressure', 'upsell_intent', 'urgency', 'churn_risk',
               'complaint', 'praise', 'refund_request', 'bug_report')),
  severity   smallint not null check (severity between 1 and 5),
  confidence double precision not null check (confidence > 0 and confidence <= 1),
  phrases    text[] not null check (cardinality(phrases) > 0),
  unless     text[] not null default '{}',
  -- Texts that it must find and must not find: it is refused where it does otherwise.
  matches    text[] not null default '{}',
  ignores    text[] not null default '{}',
  primary key (project_id, name)
);

-- Fixed, or a caller could put tables of its own in the place of these; see V051.
do $$
begin
  execute format('alter function note_unread_vectors() set search_path = %I, pg_temp', current_schema());
end $$;
