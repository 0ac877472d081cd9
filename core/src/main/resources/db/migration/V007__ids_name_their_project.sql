-- A row of one project must not hang on a row of another. Global ids begin with their project, so a look at the row itself
-- tells; foreign keys over (project_id, global_id) would need a second unique index on each of these tables.
-- Each constraint reads its table once under an exclusive lock.
alter table cw_contacts add check (starts_with(global_id, 'cwc:' || project_id || ':'));
alter table cw_conversations
  add check (starts_with(global_id, 'cw:' || project_id || ':')),
  add check (starts_with(contact_global_id, 'cwc:' || project_id || ':'));
alter table cw_messages
  add check (starts_with(global_id, 'cwmsg:' || project_id || ':')),
  add check (starts_with(conversation_global_id, 'cw:' || project_id || ':'));
alter table rag_chunks
  add check (starts_with(conversation_global_id, 'cw:' || project_id || ':')),
  add check (starts_with(message_global_id, 'cwmsg:' || project_id || ':'));
