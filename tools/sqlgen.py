#!/usr/bin/env python3
"""Turns `.sql` files into C tables for db/db.h.

    sqlgen.py PREFIX OUT.h OUT.c [--schema DIR] QUERY.sql...

A query file is a list of named statements, each under the question it answers:

    -- name: subscription_get
    -- Which subscription has this customer?
    SELECT tier
    FROM subscriptions
    WHERE customer_id = ?1;

With PREFIX `Q` the header has `enum { Q_SUBSCRIPTION_GET, ..., Q_STATEMENT_COUNT }` and declares
`q_statements`; with --schema also `q_migrations` and `Q_MIGRATION_COUNT`, from files NNNN_name.sql
in order of their numbers, and `q_schema`, which is these and what all of them make of a new SQLite database:
a start on an empty folder is spared the way through every step.

A schema file writes types as {int} {text} {blob} and ends a table with `) {strict};`. What only one
engine has (SQLite's append-only triggers) stands between `-- only: sqlite` and `-- end only`. The
driver puts the engine's words in, so the text compiled into the program, and with it the checksum
of a migration, is the same on every engine.

What would not run alike on every engine is refused here, before it can be compiled.
"""
import argparse
import contextlib
import pathlib
import re
import sqlite3
import sys

NAME = re.compile(r"[a-z][a-z0-9_]*")
# Quoted text, quoted names, comments; whatever lies between is plain SQL.
TOKEN = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|--[^\n]*|/\*.*?\*/", re.S)
EVERYWHERE = [
    (r"\bCURRENT_(TIMESTAMP|TIME|DATE)\b|\bnow\s*\(|\b(datetime|julianday|unixepoch|strftime)\s*\(",
     "time is a parameter, not the database's clock"),
    (r"\brandom(blob)?\s*\(", "randomness is a parameter"),
    (r"\b(AUTOINCREMENT|SERIAL|BIGSERIAL|IDENTITY)\b|\blast_insert_rowid\b|\bnextval\b",
     "ids are made in C, not by sequences"),
    (r"\bPRAGMA\b|\bATTACH\b|\bVACUUM\b", "only the driver may say this"),
    (r"\bCREATE\s+(TEMP|TEMPORARY)\b", "temporary tables are not portable"),
]
QUERIES = EVERYWHERE + [
    (r"\bTRIGGER\b", "triggers do not belong in query files"),
    (r"\b(CREATE|ALTER|DROP)\b", "the schema changes in migrations only"),
    (r"\bFOR\s+UPDATE\b", "FOR UPDATE is not portable; use a conditional UPDATE"),
    (r"\b(BEGIN|COMMIT|ROLLBACK|SAVEPOINT)\b", "transactions are the driver's"),
    (r"\bAS\s+(NOT\s+)?(MATERIALIZED\s+)?\(\s*(INSERT|UPDATE|DELETE)\b",
     "a CTE may not modify data"),
    (r"[:@$][A-Za-z0-9_]", "parameters are written ?1, ?2, ..."),
    (r"\?(?![0-9])", "parameters are numbered: ?1, ?2, ..."),
]
SCHEMA = EVERYWHERE + [
    (r"\bTRIGGER\b", "triggers belong between `-- only: sqlite` and `-- end only`"),
    (r"(?<!\{)\b(INTEGER|INT|BIGINT|TEXT|VARCHAR|BLOB|BYTEA|REAL|NUMERIC|BOOLEAN|JSONB)\b(?!\})",
     "types are {int}, {text} and {blob}"),
    (r"(?<!\{)\bSTRICT\b", "write {strict}"),
]
WORDS = {"int", "text", "blob", "strict"}
ENGINES = {"sqlite", "postgres"}


class Refused(Exception):
    """A sentence for the author of the file, with its place."""


def refuse(path, line, sentence):
    raise Refused(f"{path}:{line}: {sentence}")


def blank(sql):
    """The statement without quoted text and comments, every character in its place."""
    return TOKEN.sub(lambda m: re.sub(r"[^\n]", " ", m.group()), sql)


def without_line_comments(sql):
    """Drops `--` comments and blank lines; they are for the reader of the file."""
    sql = TOKEN.sub(lambda m: "" if m.group().startswith("--") else m.group(), sql)
    return "\n".join(line.rstrip() for line in sql.split("\n") if line.strip())


def check_rules(path, line, sql, rules):
    plain = blank(sql)
    for pattern, sentence in rules:
        found = re.search(pattern, plain, re.I)
        if found:
            at = line + plain.count("\n", 0, found.start())
            refuse(path, at, f"`{found.group().strip()}`: {sentence}")


def check_parameters(path, line, sql):
    numbers = {int(n) for n in re.findall(r"\?([0-9]+)", blank(sql))}
    if numbers and numbers != set(range(1, max(numbers) + 1)):
        refuse(path, line, "the parameters are not numbered from ?1 without gaps")


def read_statement(path, name, line, body):
    """`body` is what follows the name line: prose, then one statement."""
    lines = body.split("\n")
    prose = 0
    while prose < len(lines) and re.match(r"--\s*\S", lines[prose]):
        prose += 1
    if not NAME.fullmatch(name):
        refuse(path, line, f"`{name}` is not a name of lower-case letters, digits and _")
    if prose == 0:
        refuse(path, line, f"{name} has no comment that says which question it answers")
    sql = "\n".join(lines[prose:]).strip()
    end = blank(sql).find(";")
    if not sql or end < 0:
        refuse(path, line, f"{name} has no statement that ends with `;`")
    if blank(sql)[end + 1:].strip():
        refuse(path, line, f"{name} holds more than one statement")
    first = line + 1 + prose
    check_rules(path, first, sql[:end], QUERIES)
    check_parameters(path, first, sql[:end])
    return name, without_line_comments(sql[:end])


def read_queries(path):
    parts = re.split(r"^-- name:[ \t]*(\S*)[ \t]*\n", path.read_text(encoding="utf-8"), flags=re.M)
    if without_line_comments(parts[0]):
        refuse(path, 1, "the file must begin with a comment or with `-- name: ...`")
    line = parts[0].count("\n") + 1
    for name, body in zip(parts[1::2], parts[2::2]):
        yield read_statement(path, name, line, body), line
        line += 1 + body.count("\n")


def read_all_queries(paths):
    seen = {}
    for path in paths:
        for (name, sql), line in read_queries(path):
            if name in seen:
                refuse(path, line, f"{name} is already in {seen[name]}")
            seen[name] = path
            yield name, sql


def read_sections(path):
    """Yields (engine or None, first line, text): `-- only: ENGINE` ... `-- end only` cut apart."""
    engine, first, text = None, 1, []
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
        only = re.fullmatch(r"-- only: *(\S+) *", line)
        end = re.fullmatch(r"-- end only *", line)
        if only and (engine or only.group(1) not in ENGINES):
            refuse(path, number, "`-- only:` takes sqlite or postgres, and does not nest")
        if end and not engine:
            refuse(path, number, "`-- end only` without `-- only:`")
        if only or end:
            yield engine, first, "\n".join(text)
            engine, first, text = (only.group(1) if only else None), number + 1, []
        else:
            text.append(line)
    if engine:
        refuse(path, first, f"`-- only: {engine}` has no `-- end only`")
    yield engine, first, "\n".join(text)


def read_migration(path):
    parts = []
    for engine, line, text in read_sections(path):
        for word in re.findall(r"\{([^}]*)\}?", text):
            if engine or word not in WORDS:
                refuse(path, line, f"`{{{word}}}` is not one of {{int}} {{text}} {{blob}} {{strict}}")
        check_rules(path, line, text, EVERYWHERE if engine else SCHEMA)
        sql = without_line_comments(text)
        if sql:
            parts.append(f"{{{engine}}}\n{sql}\n{{end}}" if engine else sql)
    if not parts:
        refuse(path, 1, "an empty migration")
    return "\n".join(parts)


def read_schema(folder):
    last = 0
    for path in sorted(folder.glob("*.sql")):
        found = re.fullmatch(r"([0-9]{4})_([a-z][a-z0-9_]*)\.sql", path.name)
        if not found:
            refuse(path, 1, "a migration is named NNNN_name.sql")
        if int(found.group(1)) == last:
            refuse(path, 1, f"migration {last:04} is there twice")
        last = int(found.group(1))
        yield last, found.group(2), read_migration(path)


def for_sqlite(template):
    """A migration as src/db/migrate.c gives it to SQLite."""
    words = {"int": "INTEGER", "text": "TEXT", "blob": "BLOB", "strict": "STRICT"}
    ours = re.sub(r"\{postgres\}.*?\{end\}", "", template, flags=re.S)
    return re.sub(r"\{(\w+)\}", lambda m: words.get(m.group(1), ""), ours)


def ready_made(folder, migrations):
    """The statements that make at once what all migrations make of a new SQLite database. These stay the
    truth: what they make is asked of SQLite itself. Rows it cannot have, so a step may not leave any."""
    with contextlib.closing(sqlite3.connect(":memory:")) as db:
        try:
            for _, _, template in migrations:
                db.executescript(for_sqlite(template))
        except sqlite3.Error as error:
            refuse(folder, 1, f"SQLite cannot make the schema: {error}")
        made = db.execute("SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid")
        objects = made.fetchall()
        for kind, name, _ in objects:
            if kind == "table" and db.execute(f'SELECT 1 FROM "{name}"').fetchone():
                refuse(folder, 1, f"the migrations leave rows in {name}: a new database has none")
    return "\n".join(f"{sql};" for _, _, sql in objects)


def literal(sql):
    """The text as one C string literal a line."""
    lines = sql.replace("\\", "\\\\").replace('"', '\\"').replace("??", '?""?').split("\n")
    return "\n".join(f'     "{line}\\n"' for line in lines)


def header(prefix, statements, migrations):
    low = prefix.lower()
    out = ["/* Generated by tools/sqlgen.py; do not edit. */",
           f"#ifndef {prefix}_GENERATED_H", f"#define {prefix}_GENERATED_H", "",
           f'#include "db/{"migrate" if migrations else "db"}.h"', "", "enum {"]
    out += [f"    {prefix}_{name.upper()}," for name, _ in statements]
    out += [f"    {prefix}_STATEMENT_COUNT", "};", "",
            f"extern const struct db_statement {low}_statements[{prefix}_STATEMENT_COUNT];"]
    if migrations:
        out += ["", f"enum {{ {prefix}_MIGRATION_COUNT = {len(migrations)} }};",
                f"extern const struct db_migration {low}_migrations[{prefix}_MIGRATION_COUNT];",
                f"extern const struct db_schema {low}_schema;"]
    return "\n".join(out + ["", "#endif", ""])


def source(prefix, header_name, statements, migrations, ready):
    low = prefix.lower()
    out = ["/* Generated by tools/sqlgen.py; do not edit. */", f'#include "{header_name}"', "",
           "/* A schema is longer than ISO C promises for one literal; GCC and Clang have no limit. */",
           '#pragma GCC diagnostic ignored "-Woverlength-strings"', "",
           f"const struct db_statement {low}_statements[{prefix}_STATEMENT_COUNT] = {{"]
    for name, sql in statements:
        out += [f'    [{prefix}_{name.upper()}] = {{"{name}",', literal(sql) + "},"]
    out.append("};")
    if migrations:
        out += ["", f"const struct db_migration {low}_migrations[{prefix}_MIGRATION_COUNT] = {{"]
        for number, name, sql in migrations:
            out += [f'    {{{number}, "{name}",', literal(sql) + "},"]
        out += ["};", "", f"const struct db_schema {low}_schema = {{",
                f"    .migrations = {low}_migrations,", f"    .count = {prefix}_MIGRATION_COUNT,",
                '    .ready_engine = "sqlite",', "    .ready =", literal(ready) + "};"]
    return "\n".join(out + [""])


def main(arguments):
    parser = argparse.ArgumentParser(description="SQL files to C tables")
    parser.add_argument("prefix")
    parser.add_argument("header", type=pathlib.Path)
    parser.add_argument("source", type=pathlib.Path)
    parser.add_argument("--schema", type=pathlib.Path)
    parser.add_argument("queries", nargs="+", type=pathlib.Path)
    options = parser.parse_args(arguments)
    try:
        statements = list(read_all_queries(options.queries))
        if not statements:
            refuse(options.queries[0], 1, "no statements")
        migrations = list(read_schema(options.schema)) if options.schema else []
        if options.schema and not migrations:
            refuse(options.schema, 1, "no migrations")
        ready = ready_made(options.schema, migrations)
    except Refused as refused:
        print(refused, file=sys.stderr)
        return 1
    options.header.write_text(header(options.prefix, statements, migrations), encoding="utf-8")
    options.source.write_text(
        source(options.prefix, options.header.name, statements, migrations, ready), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
