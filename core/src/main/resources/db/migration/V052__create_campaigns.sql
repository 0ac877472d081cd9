-- Campaigns: whom to write to, what and when, and who is in them. New tables only, no lock. People set what a campaign is and
-- approve it; campaign_scheduler moves its members on. See docs/campaigns.md.
create table campaigns (
  id               uuid primary key default gen_random_uuid(),
  project_id       uuid not null references projects (id),
  name             text not null check (length(name) between 1 and 100),
  -- Changes as CampaignState (core) allows.
  state            text not null default 'draft' check (state in ('draft', 'approved', 'running', 'paused', 'completed')),
  -- As the records Segment, Step and CampaignRules (core) have them; changed while it is a draft only.
  segment          jsonb not null,
  steps            jsonb not null check (jsonb_typeof(steps) = 'array'),
  rules            jsonb not null,
  created_by       text not null,
  created_at       timestamptz not null default now(),
  updated_at       timestamptz not null default now(),
  approved_by      text,
  approved_at      timestamptz,
  started_at       timestamptz,
  completed_at     timestamptz,
  state_changed_by text,
  -- Enrolment walks the project's contacts by number: the last one it looked at. Null: it is at the beginning.
  enrol_number     bigint,
  enrol_id         text,
  -- When it had looked at all of them the last time.
  enrolled_at      timestamptz,
  -- Replies that were written up to here were looked at.
  replies_to       timestamptz,
  -- Nothing of it is left to be done.
  settled_at       timestamptz,
  -- Its last turn, where a project has more campaigns at work than one run takes.
  worked_at        timestamptz not null default '-infinity',
  check ((enrol_number is null) = (enrol_id is null)),
  -- Nothing goes out that nobody approved.
  check (state in ('draft', 'completed') or (approved_by is not null and approved_at is not null)),
  check ((state = 'completed') = (completed_at is not null)),
  check (settled_at is null or state = 'completed'),
  -- Lets the tables that follow say "this campaign, of this project" in one foreign key.
  unique (project_id, id)
);

-- GET /campaigns, newest first; the foreign key's check when a project goes.
create index campaigns_by_project on campaigns (project_id, created_at, id);
-- The job: campaigns with something to do, however many there were before.
create index campaigns_at_work on campaigns (project_id, worked_at, id)
  where state in ('approved', 'running') or (state = 'completed' and settled_at is null);

create table campaign_members (
  id                bigint generated always as identity,
  project_id        uuid not null,
  campaign_id       uuid not null,
  contact_global_id text not null,
  state             text not null default 'active' check (state in ('active', 'finished', 'stopped')),
  -- Why it was stopped, as MemberStop (core) has them.
  stop_reason       text,
  -- The step that is drafted next, from 0.
  next_step         integer not null default 0 check (next_step >= 0),
  -- When that is due; null while a message of this member is open, and when there is nothing more to come.
  due_at            timestamptz,
  enrolled_at       timestamptz not null default now(),
  -- The highest number of a message of its conversations that was stored then: a reply has a higher one.
  known_message     bigint not null default 0,
  ended_at          timestamptz,
  primary key (campaign_id, contact_global_id),
  foreign key (project_id, campaign_id) references campaigns (project_id, id),
  check ((state = 'stopped') = (stop_reason is not null)),
  check ((state = 'active') = (ended_at is null)),
  check (state = 'active' or due_at is null)
);

-- GET /campaigns/{id}/members; with a state, and the counts by state.
create index campaign_members_listed on campaign_members (campaign_id, id);
create index campaign_members_of_state on campaign_members (campaign_id, state, id);
-- The job: steps that are due.
create index campaign_members_due on campaign_members (campaign_id, due_at) where due_at is not null;
-- Erasure of a contact; a contact's active memberships when it replies or opts out.
create index campaign_members_by_contact on campaign_members (contact_global_id, campaign_id);
-- The foreign key's check when a project goes.
create index campaign_members_by_project on campaign_members (project_id, campaign_id);
