"""Guards: a customer finds invoices by indexes alone, however many there are: a year and a status are where an index begins."""
import unittest

from query_plans import database, plan_of, statements

NOUN = "invoice_list"

# What was given back, gathered first: as many rows as refunds and credit notes of this customer.
GATHERED = ("SCAN back", "SCAN g LEFT-JOIN")


class InvoiceList(unittest.TestCase):
    def setUp(self):
        self.base = database()

    def test_no_table_is_looked_at_as_a_whole(self):
        self.assertEqual(len(statements(NOUN)), 6)
        for name in statements(NOUN):
            scans = [step for step in plan_of(self.base, statements(NOUN)[name]) if step.startswith("SCAN") and step not in GATHERED]
            self.assertEqual(scans, [], name)

    def test_the_newest_come_from_their_index_unsorted(self):
        for name, index in (("invoice_list_page", "invoices_newest"), ("invoice_list_by_status", "invoices_by_status")):
            plan = plan_of(self.base, statements(NOUN)[name])
            self.assertTrue(any(index in step for step in plan), plan)
            self.assertFalse(any("ORDER BY" in step for step in plan), plan)

    def test_without_its_index_a_status_is_found_out_otherwise(self):
        self.base.execute("drop index invoices_by_status")
        self.assertFalse(any("invoices_by_status" in step for step in plan_of(self.base, statements(NOUN)["invoice_list_by_status"])))


if __name__ == "__main__":
    unittest.main()
