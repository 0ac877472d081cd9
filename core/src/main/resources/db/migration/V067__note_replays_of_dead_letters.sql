-- Which dead letters were sent again, how often and by whom. The letters themselves stay in Kafka, which can't say so. New
-- table, no lock. The time belongs to the key: a new broker counts its offsets from 0 again.
create table dead_letter_replays (
  topic            text not null,
  partition        integer not null,
  record_offset    bigint not null,
  record_at        timestamptz not null,
  replays          integer not null check (replays >= 0),
  last_replayed_at timestamptz not null default now(),
  last_replayed_by text not null,
  primary key (topic, partition, record_offset, record_at)
);

-- The oldest, to be deleted when Kafka has long deleted the letter.
create index dead_letter_replays_by_age on dead_letter_replays (last_replayed_at);
