-- GET /messages?type=: without this index a type that is rare is looked for among all messages of the project. It gives a type's
-- messages in the order of the list. Building it reads cw_messages and blocks its writers meanwhile: the largest table, so
-- minutes in a large installation.
create index cw_messages_of_type on cw_messages (project_id, message_type, created_at, global_id) where deleted_at is null;
