-- The live view of one project: its runs that finished since a reader looked last, in that order (RunHistory.live). By
-- job_runs_finished alone it read the runs of all projects that finished since. Building it blocks writes to job_runs for as
-- long as it takes to read the table once.
create index job_runs_finished_by_project on job_runs (project_id, finished_at) where finished_at is not null;
