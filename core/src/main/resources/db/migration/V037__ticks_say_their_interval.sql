-- How often the timer ticks, so that whoever reads a schedule can tell one that is due from one that nobody looks at. Short
-- exclusive lock on scheduler_ticks, no rewrite; 60 is the default of SCHEDULER_TICK_SECONDS.
alter table scheduler_ticks add column interval_seconds integer not null default 60 check (interval_seconds > 0);
