-- Contacts to whom no campaign writes. New table only. The column is not named contact_global_id on purpose: an erasure, which
-- finds its rows by that name, must leave the wish to be left alone. It holds a number and nothing else of the contact, like
-- erased_things.
create table campaign_opt_outs (
  project_id uuid not null references projects (id),
  contact    text not null check (starts_with(contact, 'cwc:')),
  reason     text check (length(reason) <= 500),
  created_by text not null,
  created_at timestamptz not null default now(),
  primary key (project_id, contact)
);

-- GET /opt-outs, newest first.
create index campaign_opt_outs_listed on campaign_opt_outs (project_id, created_at, contact);
