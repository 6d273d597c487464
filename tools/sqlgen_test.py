#!/usr/bin/env python3
"""tools/sqlgen.py: what it makes of good files, and that each thing it refuses is refused by name."""
import contextlib
import io
import pathlib
import subprocess
import tempfile
import unittest

import sqlgen

QUERY = """-- Statements about plans.

-- name: plan_get
-- Which plan has this "customer"? It's ;-)
SELECT plan, 'a;b--c "q"' -- why
FROM plans
WHERE customer_id = ?1
  AND since <= ?2;
"""
SCHEMA = "CREATE TABLE plans (\n  plan {int} NOT NULL -- what\n) {strict};\n"
TRIGGER = "-- only: sqlite\nCREATE TRIGGER t BEFORE DELETE ON plans BEGIN SELECT 1; END;\n-- end only\n"


class SqlgenTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.path = pathlib.Path(self.folder.name)
        (self.path / "schema").mkdir()

    def tearDown(self):
        self.folder.cleanup()

    def generate(self, queries, schema=None):
        """Writes the files, runs the tool; gives its exit code and what it printed."""
        paths = []
        for number, text in enumerate(queries):
            paths.append(self.path / f"q{number}.sql")
            paths[-1].write_text(text, encoding="utf-8")
        for name, text in (schema or {}).items():
            (self.path / "schema" / name).write_text(text, encoding="utf-8")
        options = ["--schema", str(self.path / "schema")] if schema is not None else []
        said = io.StringIO()
        with contextlib.redirect_stderr(said):
            code = sqlgen.main(["Q", str(self.path / "out.h"), str(self.path / "out.c"), *options,
                                *map(str, paths)])
        return code, said.getvalue()

    def refused(self, sentence, *queries, schema=None):
        code, said = self.generate(queries, schema)
        self.assertEqual(code, 1, said)
        self.assertIn(sentence, said)
        self.assertFalse((self.path / "out.c").exists())

    def statement(self, sql):
        return f"-- name: one\n-- Why?\n{sql}"

    def test_statements_become_ids_and_texts(self):
        code, said = self.generate([QUERY], {"0001_start.sql": SCHEMA + TRIGGER})
        self.assertEqual((code, said), (0, ""))
        header = (self.path / "out.h").read_text()
        source = (self.path / "out.c").read_text()
        self.assertIn("Q_PLAN_GET,\n    Q_STATEMENT_COUNT", header)
        self.assertIn("Q_MIGRATION_COUNT = 1", header)
        self.assertIn("q_statements[Q_STATEMENT_COUNT]", header)
        self.assertIn('"SELECT plan, \'a;b--c \\"q\\"\'\\n"', source)
        self.assertIn('"  AND since <= ?2\\n"', source)
        self.assertNotIn("why", source)
        self.assertIn('{1, "start",', source)
        self.assertIn('"{sqlite}\\n"', source)
        self.assertIn('"{end}\\n"', source)

    def test_the_output_compiles(self):
        self.assertEqual(self.generate([QUERY], {"0001_start.sql": SCHEMA})[0], 0)
        root = pathlib.Path(sqlgen.__file__).parent.parent
        subprocess.run(["cc", "-std=gnu17", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-fsyntax-only",
                        f"-I{root / 'src'}", str(self.path / "out.c")], check=True)

    def test_a_comment_does_not_change_a_migration(self):
        self.generate([QUERY], {"0001_start.sql": SCHEMA})
        before = (self.path / "out.c").read_text()
        self.generate([QUERY], {"0001_start.sql": "-- New words.\n\n" + SCHEMA})
        self.assertEqual((self.path / "out.c").read_text(), before)

    def test_the_place_is_named(self):
        self.refused("q0.sql:4: `FOR UPDATE`", self.statement("SELECT 1\nFOR UPDATE;\n"))

    def test_statements_that_are_refused(self):
        cases = {
            "SELECT 1;\nSELECT 2;": "more than one statement",
            "SELECT 1": "no statement that ends with `;`",
            "": "no statement",
            "SELECT ?1, ?3;": "numbered from ?1 without gaps",
            "SELECT ?2;": "numbered from ?1 without gaps",
            "SELECT ?;": "parameters are numbered",
            "SELECT :name;": "parameters are written ?1",
            "SELECT $1;": "parameters are written ?1",
            "INSERT INTO t VALUES (CURRENT_TIMESTAMP);": "time is a parameter",
            "SELECT datetime('now');": "time is a parameter",
            "SELECT random();": "randomness is a parameter",
            "SELECT last_insert_rowid();": "ids are made in C",
            "PRAGMA synchronous;": "only the driver",
            "CREATE TRIGGER t AFTER INSERT ON u;": "triggers do not belong",
            "DROP TABLE t;": "the schema changes in migrations only",
            "SELECT 1 FOR UPDATE;": "use a conditional UPDATE",
            "BEGIN;": "transactions are the driver's",
            "WITH d AS (DELETE FROM t RETURNING x) SELECT x FROM d;": "a CTE may not modify data",
        }
        for sql, sentence in cases.items():
            with self.subTest(sql):
                self.refused(sentence, self.statement(sql))

    def test_forbidden_words_in_quotes_and_comments_are_fine(self):
        sql = "SELECT 'random() ?9 FOR UPDATE' /* CURRENT_TIME */ -- PRAGMA\nFROM t;\n"
        self.assertEqual(self.generate([self.statement(sql)])[0], 0)

    def test_names_and_comments(self):
        self.refused("has no comment", "-- name: one\nSELECT 1;\n")
        self.refused("is not a name", "-- name: One\n-- Why?\nSELECT 1;\n")
        self.refused("is not a name", "-- name:\n-- Why?\nSELECT 1;\n")
        self.refused("one is already in", self.statement("SELECT 1;\n"), self.statement("SELECT 2;\n"))
        self.refused("must begin with a comment", "SELECT 1;\n" + self.statement("SELECT 1;\n"))
        self.refused("no statements", "-- Nothing.\n")

    def test_schemas_that_are_refused(self):
        cases = {
            "CREATE TABLE t (x INTEGER);": "types are {int}, {text} and {blob}",
            "CREATE TABLE t (x {int}) STRICT;": "write {strict}",
            "CREATE TABLE t (x {money});": "`{money}` is not one of",
            "CREATE TABLE t (x {int);": "is not one of",
            "CREATE TABLE t (x {int} PRIMARY KEY AUTOINCREMENT);": "ids are made in C",
            "CREATE TABLE t (x {int} DEFAULT CURRENT_TIMESTAMP);": "time is a parameter",
            "CREATE TRIGGER t AFTER INSERT ON u BEGIN SELECT 1; END;": "-- only: sqlite",
            "CREATE TEMP TABLE t (x {int});": "temporary tables",
            "-- only: oracle\n-- end only": "takes sqlite or postgres",
            "-- only: sqlite\n-- only: sqlite\n-- end only": "does not nest",
            "-- only: sqlite\nSELECT 1;": "has no `-- end only`",
            "-- end only": "without `-- only:`",
            "-- Nothing.": "an empty migration",
        }
        for sql, sentence in cases.items():
            with self.subTest(sql):
                self.refused(sentence, QUERY, schema={"0001_start.sql": sql + "\n"})

    def test_what_all_migrations_make_is_ready(self):
        more = ("alter table plans add column note {text};\ncreate table plan_notes (n {int}) {strict};\n"
                "insert into plan_notes (n) select plan from plans;\ndrop table plan_notes;\n")
        code, said = self.generate([QUERY], {"0001_start.sql": SCHEMA + TRIGGER, "0002_note.sql": more})
        self.assertEqual((code, said), (0, ""))
        ready = (self.path / "out.c").read_text().partition(".ready =")[2]
        self.assertIn('"CREATE TABLE plans (\\n"', ready)
        self.assertIn("note TEXT) STRICT;", ready)
        self.assertIn("BEGIN SELECT 1; END;", ready)
        self.assertNotIn("plan_notes", ready)

    def test_a_schema_that_cannot_be_made_ready(self):
        later = {"0001_start.sql": SCHEMA, "0002_row.sql": "insert into plans (plan) values (1);\n"}
        self.refused("the migrations leave rows in plans", QUERY, schema=later)
        later["0002_row.sql"] = "drop table plains;\n"
        self.refused("SQLite cannot make the schema: no such table: plains", QUERY, schema=later)

    def test_migrations_are_numbered_once(self):
        self.refused("no migrations", QUERY, schema={})
        self.refused("is named NNNN_name.sql", QUERY, schema={"start.sql": SCHEMA})
        (self.path / "schema" / "start.sql").unlink()
        (self.path / "schema" / "0001_start.sql").write_text(SCHEMA)
        self.refused("there twice", QUERY, schema={"0001_again.sql": SCHEMA})


if __name__ == "__main__":
    unittest.main()
