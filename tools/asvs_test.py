"""Guards: each row of docs/reference/asvs.md names tests that are there; and what no story can show of pages and
addresses."""
import glob
import os
import re
import unittest

from named_tests import TEST, is_there, read

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ROW = re.compile(r"^\| ([\d., to]+) \| ([^|]+) \| ([^|]+) \|$", re.M)
ROWS_MIN = 43


def parameters():
    """(operation, name, where) of every parameter in an address."""
    for title, body in re.findall(r"^### ([A-Z]+ /\S*)\n(.*?)(?=^##|\Z)", read("docs/reference/api.md"), re.M | re.S):
        for name, where in re.findall(r"^- `(\w+)` \((path|query)", body, re.M):
            yield title, name, where


class Asvs(unittest.TestCase):
    def test_every_test_that_is_named_is_there(self):
        rows = ROW.findall(read("docs/reference/asvs.md"))
        self.assertGreaterEqual(len(rows), ROWS_MIN)
        self.assertEqual(len({ids for ids, _, _ in rows}), len(rows), "a row comes twice")
        for ids, _, cell in rows:
            tests = TEST.findall(cell)
            self.assertEqual(len(tests), cell.count("<br>") + 1, ids)
            for path, name in tests:
                self.assertTrue(is_there(path, name), f"{ids}: {path} has no test {name!r}")

    def test_one_that_is_not_there_is_found(self):
        self.assertFalse(is_there("src/core/money_test.c", "money_is_never_lost"))
        self.assertFalse(is_there("tests/api/http.test.mjs", "nothing of the kind"))
        self.assertFalse(is_there("tests/api/nowhere.test.mjs", "http"))

    def test_no_page_listens_to_messages_of_others(self):
        for path in glob.glob(os.path.join(ROOT, "ui/src/**/*.ts*"), recursive=True):
            # A BroadcastChannel is heard by pages of this origin alone.
            self.assertNotRegex(read(path), r"addEventListener\(\s*['\"]message['\"]|window\.onmessage|(parent|opener|top|window)\.postMessage\(", path)

    def test_no_secret_is_a_part_of_an_address(self):
        """But what a link opens, which works once or shows one thing, and what OpenID Connect sends (used once, with a cookie)."""
        found = list(parameters())
        self.assertGreater(len(found), 100)
        secret = {(title, name) for title, name, _ in found if re.search(r"token|secret|password|key$|^code$", name, re.I)}
        allowed = {"GET /pay/{token}", "GET /sign-in/{token}", "GET /unsubscribe/{token}", "POST /unsubscribe/{token}", "GET /api/sign-in/oidc/callback"}
        self.assertEqual({title for title, _ in secret} - allowed, set())


if __name__ == "__main__":
    unittest.main()
