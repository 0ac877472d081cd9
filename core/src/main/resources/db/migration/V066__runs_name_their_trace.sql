-- What asked for a run, as the header traceparent names it: whoever works the run goes on with that trace, whichever event or
-- sweep brought it. Null where it was not traced. A new column without a default: the lock is held for a moment.
alter table job_runs add column traceparent text check (traceparent ~ '^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$');
