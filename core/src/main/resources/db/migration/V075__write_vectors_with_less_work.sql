-- What a row with a new vector costs the database. Catalogue only, no row is read.
--
-- PostgreSQL tried to compress each copy of a vector that is larger than 2 kB, in vain: its numbers have no pattern. The
-- widest, 4,000 numbers in half precision, fits into a page with the rest of its row.
alter table rag_vectors alter column embedding set storage plain;
