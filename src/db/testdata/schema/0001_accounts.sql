-- Accounts, as the tests know them.
CREATE TABLE accounts (
  customer_id {text} NOT NULL,
  note {text}, -- may be absent
  total {int} NOT NULL,
  PRIMARY KEY (customer_id)
) {strict};
