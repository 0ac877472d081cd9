-- A tick writes a thousand of these rows at once, and each foreign key is a look-up per row. A tick that is deleted may stay
-- named here: nobody asks for it any more. The index on unsettled rows by schedule serves settling, too. Short exclusive lock.
alter table worker_runs drop constraint worker_runs_tick_id_fkey;
drop index worker_runs_unsettled;
