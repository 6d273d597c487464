"""Guards: each promise of docs/reference/promises.md names tests that are there."""
import re
import unittest

from named_tests import TEST, is_there, read

ROW = re.compile(r"^\| (B\d+) \| ([^|]+) \| ([^|]+) \|$", re.M)
PROMISES = [f"B{n}" for n in range(1, 21)]


class Promises(unittest.TestCase):
    def test_every_promise_names_tests_that_are_there(self):
        rows = ROW.findall(read("docs/reference/promises.md"))
        self.assertEqual([number for number, _, _ in rows], PROMISES)
        for number, _, cell in rows:
            tests = TEST.findall(cell)
            self.assertEqual(len(tests), cell.count("<br>") + 1, number)
            for path, name in tests:
                self.assertTrue(is_there(path, name), f"{number}: {path} has no test {name!r}")


if __name__ == "__main__":
    unittest.main()
