-- From where an API key opens anything, as networks with blanks between (sealed; null: anywhere), and
-- when it was used last, to the minute.
alter table api_keys add column ip_allowlist {text};
alter table api_keys add column last_used_at {int};
