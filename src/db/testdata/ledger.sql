-- Statements of the tests: accounts, the entries booked on them, and blobs.

-- name: account_add
-- Open an account; refused when the customer has one.
INSERT INTO accounts (customer_id, note, total)
VALUES (?1, ?2, 0);

-- name: account_get
-- What stands on a customer's account?
SELECT total, note
FROM accounts
WHERE customer_id = ?1;

-- name: account_spend
-- Take an amount, if it is there: a conditional update.
UPDATE accounts
SET total = total - ?2
WHERE customer_id = ?1
  AND total >= ?2;

-- name: account_book
-- Add an amount to a customer's total.
UPDATE accounts
SET total = total + ?2
WHERE customer_id = ?1;

-- name: account_count
-- How many accounts are there?
SELECT count(*)
FROM accounts;

-- name: account_list
-- Who has an account, in order?
SELECT customer_id
FROM accounts
ORDER BY customer_id;

-- name: entry_add
-- Book an entry; refused when its number was booked.
INSERT INTO entries (customer_id, entry_id, amount, body)
VALUES (?1, ?2, ?3, ?4);

-- name: entry_add_once
-- Book an entry unless its number was booked; changes 1 row or none.
INSERT INTO entries (customer_id, entry_id, amount, body)
VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (customer_id, entry_id) DO NOTHING;

-- name: entry_get
-- What was booked under this number?
SELECT amount, body
FROM entries
WHERE customer_id = ?1
  AND entry_id = ?2;

-- name: entry_totals
-- How many entries has a customer, and what is their sum?
SELECT count(*), coalesce(sum(amount), 0)
FROM entries
WHERE customer_id = ?1;

-- name: entry_delete
-- Remove an entry; the schema forbids it.
DELETE FROM entries
WHERE customer_id = ?1
  AND entry_id = ?2;
