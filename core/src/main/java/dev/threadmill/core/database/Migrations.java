package dev.threadmill.core.database;

/** Who applies the schema's migrations: {@code DATABASE_MIGRATIONS}. */
enum Migrations {
  /** This service at its start, unless another one does. */
  APPLY,
  /** Somebody else, for whom this service waits at its start. */
  AWAIT
}
