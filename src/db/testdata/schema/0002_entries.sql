-- Entries are never removed.
CREATE TABLE entries (
  customer_id {text} NOT NULL,
  entry_id {int} NOT NULL,
  amount {int} NOT NULL,
  body {blob},
  PRIMARY KEY (customer_id, entry_id)
) {strict};

-- only: sqlite
CREATE TRIGGER entries_stay BEFORE DELETE ON entries
BEGIN
  SELECT RAISE(ABORT, 'entries are append-only');
END;
-- end only

-- only: postgres
REVOKE DELETE ON entries FROM PUBLIC;
-- end only
