-- migrate:up
-- Orleans' ADO.NET providers bring no SQL: at start they read theirs from this table, by these keys. Each statement
-- below keeps to a provider's contract in the names of its parameters (@…) and of its result columns; tables and
-- statements are our own.
CREATE TABLE OrleansQuery (
  QueryKey  text PRIMARY KEY,
  QueryText text NOT NULL
);

-- migrate:down
DROP TABLE OrleansQuery;
