-- What customers' messages point at, found by signals_extraction. New tables only.
create table signals (
  id                     uuid primary key default gen_random_uuid(),
  project_id             uuid not null references projects (id),
  -- The key keeps out what was read before its conversation was erased, and written after; evidence goes with its signal.
  conversation_global_id text not null references cw_conversations (global_id),
  -- Null while the conversation's contact is not known.
  contact_global_id      text,
  type                   text not null check (type in ('delivery_risk', 'commercial_pressure', 'upsell_intent', 'urgency',
                           'churn_risk', 'complaint', 'praise', 'refund_request', 'bug_report', 'communication_gap')),
  -- What was found with a confidence below 0.6 is proposed only, until a person accepts it.
  status                 text not null check (status in ('proposed', 'accepted', 'dismissed', 'done')),
  severity               smallint not null check (severity between 1 and 5),
  confidence             double precision not null check (confidence between 0 and 1),
  -- How the confidence came about: the detectors with what each of them saw. No text of customers.
  basis                  jsonb not null,
  -- By the times of the messages.
  first_seen_at          timestamptz not null,
  last_seen_at           timestamptz not null check (last_seen_at >= first_seen_at),
  -- None: all evidence of what a person dismissed or did was withdrawn. It is shown no more, and kept so that the same messages
  -- do not raise it again.
  occurrences            integer not null check (occurrences >= 0),
  -- The person who gave it its status; null: nobody did, the confidence did.
  decided_by             text,
  decided_at             timestamptz,
  created_at             timestamptz not null default now(),
  updated_at             timestamptz not null default now(),
  check ((decided_by is null) = (decided_at is null))
);

-- The messages that a signal rests on. A signal whose evidence is gone is gone.
create table signal_evidence (
  signal_id              uuid not null references signals (id) on delete cascade,
  project_id             uuid not null,
  conversation_global_id text not null,
  message_global_id      text not null,
  -- The words that were found, as the customer wrote them. Evidence that was withdrawn has none, and the confidence 0.
  quote                  text not null,
  -- The rule or the example sentence that found them.
  found_by               text not null,
  confidence             double precision not null check (confidence between 0 and 1),
  said_at                timestamptz not null,
  primary key (signal_id, message_global_id)
);
