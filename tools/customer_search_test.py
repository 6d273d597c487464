"""Guards: operators find customers by indexes alone, however many there are: no plan of these statements looks at a whole table."""
import glob
import os
import re
import sqlite3
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
WORDS = {"{text}": "text", "{int}": "integer", "{blob}": "blob", "{strict}": "strict"}


def read(path):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    for word, sql in WORDS.items():
        text = text.replace(word, sql)
    return text


def database():
    base = sqlite3.connect(":memory:")
    for path in sorted(glob.glob(os.path.join(ROOT, "src/store/schema/*.sql"))):
        base.executescript(read(path))
    return base


def statements():
    text = read(os.path.join(ROOT, "src/store/query/customer_list.sql"))
    return dict(re.findall(r"-- name: (\w+)\n(?:--[^\n]*\n)+(.*?;)\n", text, re.S))


def plan_of(base, sql):
    count = max(int(number) for number in re.findall(r"\?(\d+)", sql))
    return [row[3] for row in base.execute("explain query plan " + sql, ["1"] * count)]


class CustomerSearch(unittest.TestCase):
    def setUp(self):
        self.base = database()

    def scans(self, sql):
        """Of tables; what the search itself has found, at most a page, may be walked."""
        return [step for step in plan_of(self.base, sql) if step.startswith("SCAN") and step not in ("SCAN f", "SCAN CONSTANT ROW")]

    def test_all_statements_are_there(self):
        self.assertEqual(sorted(statements()), ["customer_list_found", "customer_list_newest", "customer_list_one"])

    def test_no_table_is_looked_at_as_a_whole(self):
        for name, sql in statements().items():
            self.assertEqual(self.scans(sql), [], name)

    def test_the_newest_come_from_their_index_unsorted(self):
        plan = "\n".join(plan_of(self.base, statements()["customer_list_newest"]))
        self.assertIn("customers_newest ((created_at,user_id)<(?,?))", plan)
        self.assertNotIn("TEMP B-TREE", plan)

    def found(self):
        return "\n".join(plan_of(self.base, statements()["customer_list_found"]))

    def test_each_clue_is_where_its_index_begins(self):
        for begin in ("(user_id>? AND user_id<?)", "invoices_by_number (number=? AND user_id>?)", "members_of_person (person_id=?)"):
            self.assertIn(begin, self.found())

    def test_without_an_index_it_is_found_out(self):
        self.base.execute("drop index invoices_by_number")
        self.assertNotIn("(number=?", self.found())


if __name__ == "__main__":
    unittest.main()
