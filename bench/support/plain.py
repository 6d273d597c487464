"""What a plain table does: COUNT events, a row each, a unique random id, BATCH a transaction, made
durable; then all of them again in another order. Prints events a second of both passes as JSON."""
import json
import os
import random
import sqlite3
import sys
import tempfile
import time
import uuid

count, batch = int(sys.argv[1]), int(sys.argv[2])
rows = [("ada", "https://platform.example/edge", str(uuid.uuid4()), 1) for _ in range(count)]
figures = {}
with tempfile.TemporaryDirectory() as folder:
    db = sqlite3.connect(os.path.join(folder, "plain.db"), isolation_level=None)
    db.execute("pragma journal_mode = wal")
    db.execute("pragma synchronous = full")
    db.execute("create table events (user_id text, source text, id text, value int, primary key (user_id, source, id)) without rowid")
    for name in ("first", "again"):
        random.shuffle(rows)
        started = time.monotonic()
        for at in range(0, count, batch):
            db.execute("begin immediate")
            db.executemany("insert or ignore into events values (?, ?, ?, ?)", rows[at:at + batch])
            db.execute("commit")
        figures[name] = count / (time.monotonic() - started)
    assert db.execute("select count(*) from events").fetchone()[0] == count
    db.close()
print(json.dumps(figures))
