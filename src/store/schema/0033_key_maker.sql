-- Who has made an API key, and so has seen it: "pers_…", "apik_…" of the key that asked for it; null: who owns
-- the machine, or nobody knows.
alter table api_keys add column created_by {text};
