"""How the database answers the statements of a file in src/store/query, on an empty database of the whole schema."""
import glob
import os
import re
import sqlite3

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
WORDS = {"{text}": "text", "{int}": "integer", "{blob}": "blob", "{strict}": "strict"}


def _read(path):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    for word, sql in WORDS.items():
        text = text.replace(word, sql)
    return text


def database():
    base = sqlite3.connect(":memory:")
    for path in sorted(glob.glob(os.path.join(ROOT, "src/store/schema/*.sql"))):
        base.executescript(_read(path))
    return base


def statements(noun):
    """The statements of a noun's file, by name."""
    text = _read(os.path.join(ROOT, f"src/store/query/{noun}.sql"))
    return dict(re.findall(r"-- name: (\w+)\n(?:--[^\n]*\n)+(.*?;)(?:\n|$)", text, re.S))


def plan_of(base, sql):
    """Its steps, as the database tells them."""
    count = max(int(number) for number in re.findall(r"\?(\d+)", sql))
    return [row[3] for row in base.execute("explain query plan " + sql, ["1"] * count)]
