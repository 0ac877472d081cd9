-- Health and analytics took what a campaign wrote for the team's answer: conversations in which one did are read again. A read
-- of outbound_messages, and three rows for each of these.
select note_changed_conversations(array(select distinct conversation_global_id from outbound_messages where state = 'sent'));
