-- Texts that a worker is sending, so that no other row or worker sends an equal one meanwhile. New table only.
create table texts_in_flight (
  text_hash   text not null,
  model       text not null,
  worker      text not null,
  -- Who lets it run out has died: then the next one may send the text, perhaps a second time.
  lease_until timestamptz not null,
  primary key (text_hash, model)
);
-- No other index: rows live for a second, and one by worker would lead through all that are gone.
