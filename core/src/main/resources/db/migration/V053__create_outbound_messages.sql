-- Messages of campaigns, from draft to sent. New table only. The row is the fence: it says 'sending' before the request goes
-- out, and what was cut off is looked for in the conversation before anything is sent again.
create table outbound_messages (
  id                     uuid primary key default gen_random_uuid(),
  project_id             uuid not null,
  campaign_id            uuid not null,
  contact_global_id      text not null,
  conversation_global_id text not null,
  -- From 0.
  step                   integer not null check (step >= 0),
  channel                text not null check (channel = 'chatwoot'),
  text                   text not null,
  state                  text not null check (state in ('waiting', 'ready', 'sending', 'unknown', 'sent', 'would_send', 'failed',
                           'cancelled')),
  -- Why it was cancelled or failed, as a word; and a sentence for people.
  reason                 text,
  error                  text,
  -- Days until the member's next step, counted from when this one is done; null: it is the last.
  days_to_next           integer check (days_to_next >= 0),
  -- Not sent before this time.
  due_at                 timestamptz not null default now(),
  attempts               integer not null default 0 check (attempts >= 0),
  -- Counts the claims; a write with an older number is refused.
  fence                  bigint not null default 0,
  -- When it was claimed last; what the caps count. Null: never, or it is known that nothing was sent.
  claimed_at             timestamptz,
  -- From when on the conversation can tell whether it was sent.
  check_at               timestamptz,
  -- The highest number of a message of the conversation that was known when it was claimed; its own is higher.
  after_message          bigint,
  -- Chatwoot's number of it.
  message_id             bigint,
  sent_at                timestamptz,
  approved_by            text,
  approved_at            timestamptz,
  edited_by              text,
  edited_at              timestamptz,
  created_at             timestamptz not null default now(),
  updated_at             timestamptz not null default now(),
  foreign key (project_id, campaign_id) references campaigns (project_id, id),
  -- No step goes to a contact twice.
  unique (campaign_id, contact_global_id, step),
  check ((state in ('sending', 'unknown')) = (check_at is not null)),
  check (state not in ('sending', 'unknown', 'sent') or claimed_at is not null),
  check ((state = 'sent') = (sent_at is not null)),
  check ((state in ('failed', 'cancelled')) = (reason is not null))
);

-- GET /outbound, newest first; of a campaign, of a state; the foreign key's check when a project goes.
create index outbound_messages_listed on outbound_messages (project_id, created_at, id);
create index outbound_messages_of_campaign on outbound_messages (project_id, campaign_id, created_at, id);
create index outbound_messages_of_state on outbound_messages (project_id, state, created_at, id);
-- The job: what is due in a campaign, and what is to be looked for in its conversation.
create index outbound_messages_due on outbound_messages (campaign_id, due_at, id) where state = 'ready';
create index outbound_messages_to_check on outbound_messages (project_id, check_at) where state in ('sending', 'unknown');
-- The counts by state, and what is left open of a campaign that is over.
create index outbound_messages_counted on outbound_messages (campaign_id, state);
-- The caps: of the project, of a campaign, of a contact; the last is also for its erasure and for its opt-out.
create index outbound_messages_claimed on outbound_messages (project_id, claimed_at) where claimed_at is not null;
create index outbound_messages_claimed_of_campaign on outbound_messages (campaign_id, claimed_at, contact_global_id)
  where claimed_at is not null;
create index outbound_messages_by_contact on outbound_messages (contact_global_id, claimed_at);
-- Erasure of a conversation.
create index outbound_messages_by_conversation on outbound_messages (conversation_global_id);
