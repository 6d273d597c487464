-- Every Stripe object is one JSON document; what is searched for stands beside it.
-- seq orders by creation; clock is the test clock it follows ('' for real time); due_at (UTC seconds)
-- is when something happens to it by itself.
CREATE TABLE object (
  id {text} PRIMARY KEY,
  type {text} NOT NULL,
  customer {text} NOT NULL,
  clock {text} NOT NULL,
  seq {int} NOT NULL,
  due_at {int},
  json {text} NOT NULL
) {strict};
CREATE UNIQUE INDEX object_by_type ON object (type, seq);
CREATE INDEX object_by_customer ON object (customer, type, seq);
CREATE INDEX object_by_due ON object (clock, due_at, seq);

-- The answer to a request with an idempotency key; digest is of method, path and parameters.
CREATE TABLE idempotency (
  idempotency_key {text} PRIMARY KEY,
  digest {text} NOT NULL,
  status {int} NOT NULL,
  body {text} NOT NULL,
  request_id {text} NOT NULL,
  created_at_ms {int} NOT NULL
) {strict};

-- One event to one endpoint; due_at_ms is NULL once it is over.
CREATE TABLE delivery (
  seq {int} NOT NULL,
  event_id {text} NOT NULL,
  endpoint_id {text} NOT NULL,
  attempts {int} NOT NULL,
  due_at_ms {int},
  is_delivered {int} NOT NULL,
  PRIMARY KEY (event_id, endpoint_id)
) {strict};
CREATE INDEX delivery_by_due ON delivery (due_at_ms, seq);
CREATE INDEX idempotency_by_age ON idempotency (created_at_ms);
