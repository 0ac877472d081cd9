-- Two things that read what is stored anew.
--
-- 1. health_scoring kept resolutions from one look to the next, among them some whose time it had guessed before the messages
--    were stored, and counted those as reopened. Now it tells them by what is stored: conversations with any are read again.
--    A read of health_conversations, and a row for each of these.
select note_signals_for_health(array(
  select conversation_global_id from health_conversations where jsonb_array_length(facts -> 'ends') > 0));

-- 2. POST and DELETE /opt-outs name a contact by Chatwoot's number, of which the table has the global id only. Blocks opt-outs
--    while it is made, which is short: one row per contact that opted out.
create index campaign_opt_outs_by_number on campaign_opt_outs (project_id, split_part(contact, ':', 4));
