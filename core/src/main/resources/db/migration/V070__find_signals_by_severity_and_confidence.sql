-- GET /signals?severity= and ?confidence= ask for that or more, in the order of the list. An index gives one value's rows in that
-- order, so the list is merged from the values that are wanted: five of the severity, a hundred of the confidence at the most.
-- signals_extraction looks for the evidence of the messages that it reads, and no longer for all of a conversation. Building
-- the indexes blocks writers of the two tables: seconds in a large installation.
create index signals_of_severity on signals (project_id, severity, last_seen_at, id);
create index signals_of_confidence on signals (project_id, (floor(confidence * 100)::integer), last_seen_at, id);

create index signal_evidence_of_message on signal_evidence (message_global_id);
