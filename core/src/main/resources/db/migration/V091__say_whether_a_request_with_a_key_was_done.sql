-- Of a request under an Idempotency-Key whose answer was not kept, nobody knew whether it was done. Now the transaction that does
-- it says so in the key's row. Two columns that may be null and one with a constant default: catalogue only. A gateway of the
-- version before leaves them as they are, and its keys are in use until they are a day old, as they were.
alter table idempotency_keys
  -- Who may do the request: whoever took the key over writes its own, and the one before finds that it is too late.
  add column holder uuid,
  -- From then on another may take it over, where it was not done. Null: never.
  add column lease_until timestamptz,
  -- Set in the transaction of the request's first change.
  add column done boolean not null default false;
