"""Guards: figures of experiments are counted in indexes, however many units there are, and who ever paid is found in one."""
import unittest

from query_plans import database, plan_of, statements

NOUN = "experiment"


class Figures(unittest.TestCase):
    def setUp(self):
        self.base = database()

    def plan(self, name):
        return "\n".join(plan_of(self.base, statements(NOUN)[name]))

    def test_units_are_counted_in_an_index_unsorted(self):
        for name, index in [("left_out", "left_out"), ("counts_by_day", "by_day"), ("counts_by_country", "by_country"), ("counts_by_device", "by_device")]:
            plan = self.plan(f"experiment_{name}")
            self.assertIn(f"experiment_units_{index} (experiment_id=?)", plan)
            self.assertNotIn("TEMP B-TREE", plan)

    def test_who_paid_is_found_in_indexes_alone(self):
        for name in ("outcomes", "guardrails"):
            plan = self.plan(f"experiment_{name}")
            self.assertIn("SEARCH u USING COVERING INDEX experiment_units_accounts (experiment_id=?", plan)
            self.assertIn("SEARCH s USING COVERING INDEX subscriptions_paid (user_id=?", plan)

    def test_guardrails_look_at_one_customer_at_a_time(self):
        for line in self.plan("experiment_guardrails").splitlines():
            self.assertFalse(line.startswith("SCAN") and line != "SCAN u", line)

    def test_who_wrote_is_looked_up_by_what_they_wrote(self):
        plan = self.plan("experiment_contacts")
        self.assertIn("feedback_of_kind (kind=? AND created_at>?)", plan)
        self.assertIn("experiment_units_of_customer (user_id=? AND experiment_id=?)", plan)

    def test_what_a_customer_was_shown_is_found_by_the_customer(self):
        self.assertIn("experiment_units_of_customer (user_id=? AND experiment_id=?)", self.plan("experiment_unit_page_of"))

    def test_without_the_index_it_is_found_out(self):
        self.base.execute("drop index experiment_units_by_country")
        self.assertIn("TEMP B-TREE", self.plan("experiment_counts_by_country"))


if __name__ == "__main__":
    unittest.main()
