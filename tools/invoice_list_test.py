"""Guards: a customer finds invoices by indexes alone, however many there are: a year and a status are where an index begins."""
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
    text = read(os.path.join(ROOT, "src/store/query/invoice_list.sql"))
    return dict(re.findall(r"-- name: (\w+)\n(?:--[^\n]*\n)+(.*?;)(?:\n|$)", text, re.S))


def plan_of(base, name):
    sql = statements()[name]
    count = max(int(number) for number in re.findall(r"\?(\d+)", sql))
    return [row[3] for row in base.execute("explain query plan " + sql, ["1"] * count)]


# What was given back, gathered first: as many rows as refunds and credit notes of this customer.
GATHERED = ("SCAN back", "SCAN g LEFT-JOIN")


class InvoiceList(unittest.TestCase):
    def setUp(self):
        self.base = database()

    def test_no_table_is_looked_at_as_a_whole(self):
        self.assertEqual(len(statements()), 6)
        for name in statements():
            scans = [step for step in plan_of(self.base, name) if step.startswith("SCAN") and step not in GATHERED]
            self.assertEqual(scans, [], name)

    def test_the_newest_come_from_their_index_unsorted(self):
        for name, index in (("invoice_list_page", "invoices_newest"), ("invoice_list_by_status", "invoices_by_status")):
            plan = plan_of(self.base, name)
            self.assertTrue(any(index in step for step in plan), plan)
            self.assertFalse(any("ORDER BY" in step for step in plan), plan)

    def test_without_its_index_a_status_is_found_out_otherwise(self):
        self.base.execute("drop index invoices_by_status")
        self.assertFalse(any("invoices_by_status" in step for step in plan_of(self.base, "invoice_list_by_status")))


if __name__ == "__main__":
    unittest.main()
