-- The lists of GET /conversations and GET /contacts: each page and each filter by an index, whatever the project's size. The
-- indexes that end with last_activity_at give a filter's rows in the order of the list; rare values of the others are
-- sorted. Texts are cut to 255 characters, for an entry of an index has an end and what Chatwoot shows may have none; nobody
-- asks for longer ones. Lists of messages have cw_messages_by_project and cw_messages_by_conversation, and V061 for a type.
-- With 100,000 conversations and as many contacts each filter took 5 ms at the most, rare and frequent values, first and late
-- pages (explain analyze, PostgreSQL 15, two busy cores). Building the indexes blocks writers of the two tables: seconds in a
-- large installation.

-- GET /conversations, by activity and by beginning; the latter is the export's order, too.
create index cw_conversations_listed_by_activity on cw_conversations (project_id, last_activity_at, global_id)
  where deleted_at is null;
create index cw_conversations_listed_by_creation on cw_conversations (project_id, created_at, global_id)
  where deleted_at is null;
-- ?status=, ?inbox=, ?channel=, ?priority=
create index cw_conversations_of_status on cw_conversations (project_id, status, last_activity_at, global_id)
  where deleted_at is null;
create index cw_conversations_of_inbox on cw_conversations (project_id, inbox_id, last_activity_at, global_id)
  where deleted_at is null;
create index cw_conversations_of_channel on cw_conversations (project_id, left(channel, 255), last_activity_at, global_id)
  where deleted_at is null;
create index cw_conversations_of_priority on cw_conversations (project_id, priority, last_activity_at, global_id)
  where deleted_at is null and priority is not null;
-- The indexes over expressions that follow hold all rows: of a partial one the planner does not use the statistics, and would
-- take a frequent value for a rare one, or the other way round.
-- ?label=. A uuid and an array in one GIN index would need an extension, so the project goes into each label.
create function labels_of_project(project uuid, labels text[]) returns text[] language sql immutable parallel safe as $$
  select array(select project::text || ':' || left(label, 255) from unnest(labels) as label)
$$;
create index cw_conversations_of_label on cw_conversations using gin (labels_of_project(project_id, labels));

-- GET /contacts, GET /contacts/{number}, ?contact= of conversations.
create index cw_contacts_listed_by_number on cw_contacts (project_id, contact_id, global_id);
-- ?email=, ?phone=, ?identifier=, ?from= and ?to=, ?blocked=true
create index cw_contacts_of_email on cw_contacts (project_id, lower(left(email, 255)));
create index cw_contacts_of_phone on cw_contacts (project_id, left(phone_number, 255));
create index cw_contacts_of_identifier on cw_contacts (project_id, left(identifier, 255));
create index cw_contacts_by_activity on cw_contacts (project_id, last_activity_at) where last_activity_at is not null;
create index cw_contacts_blocked on cw_contacts (project_id, contact_id, global_id) where blocked;
