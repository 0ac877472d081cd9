-- Monitoring counts the conversations that are set aside every few seconds, over all projects: two indexes that hold no
-- others, and are all but empty as a rule. Writers of the two tables wait while they are built, as long as it takes to
-- read the tables once.
create index cw_conversations_set_aside on cw_conversations (project_id) where read_failures > 0 and deleted_at is null;
create index sync_unanswered_failing on sync_unanswered (source_id) where failures > 0;
