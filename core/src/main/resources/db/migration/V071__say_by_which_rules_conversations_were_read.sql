-- signals_extraction reads what was read by other rules again, some conversations in each run. Those that were read before this
-- are among them. Adding the column rewrites nothing; building the index blocks writers of the table: seconds in a large
-- installation.
alter table signal_reads
  -- A digest of the rules, everybody's and the project's own.
  add column rules text not null default '';

-- Those that were read by others, and deleting a project.
create index signal_reads_by_rules on signal_reads (project_id, rules);
drop index signal_reads_by_project;
