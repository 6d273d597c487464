"""Guards: operators find customers by indexes alone, however many there are: no plan of these statements looks at a whole table."""
import unittest

from query_plans import database, plan_of, statements

NOUN = "customer_list"


class CustomerSearch(unittest.TestCase):
    def setUp(self):
        self.base = database()

    def scans(self, sql):
        """Of tables; what the search itself has found, at most a page, may be walked."""
        return [step for step in plan_of(self.base, sql) if step.startswith("SCAN") and step not in ("SCAN f", "SCAN CONSTANT ROW")]

    def test_all_statements_are_there(self):
        self.assertEqual(sorted(statements(NOUN)), ["customer_list_found", "customer_list_newest", "customer_list_one"])

    def test_no_table_is_looked_at_as_a_whole(self):
        for name, sql in statements(NOUN).items():
            self.assertEqual(self.scans(sql), [], name)

    def test_the_newest_come_from_their_index_unsorted(self):
        plan = "\n".join(plan_of(self.base, statements(NOUN)["customer_list_newest"]))
        self.assertIn("customers_newest ((created_at,user_id)<(?,?))", plan)
        self.assertNotIn("TEMP B-TREE", plan)

    def found(self):
        return "\n".join(plan_of(self.base, statements(NOUN)["customer_list_found"]))

    def test_each_clue_is_where_its_index_begins(self):
        for begin in ("(user_id>? AND user_id<?)", "invoices_by_number (number=? AND user_id>?)", "members_of_person (person_id=?)",
                      "customer_owners_by_person (person_id=? AND user_id>?)",
                      "payment_methods_by_last4 (last4_mark=? AND user_id>?)", "people_by_domain (domain_mark=?)"):
            self.assertIn(begin, self.found())

    def test_without_an_index_it_is_found_out(self):
        self.base.execute("drop index invoices_by_number")
        self.assertNotIn("(number=?", self.found())


if __name__ == "__main__":
    unittest.main()
