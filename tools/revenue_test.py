"""Guards: reports on revenue read sums, and what they ask of single facts lies in an index: however long the history, none of their plans
goes through a table that grows with customers."""
import unittest

from query_plans import database, plan_of, statements

# All rows that ever moved revenue, in the index that holds them and nothing else.
WHOLE_INDEXES = {"revenue_kept": "SCAN revenue_movements USING COVERING INDEX revenue_movements_moved",
                 "revenue_conversions": "SCAN revenue_movements USING INDEX revenue_movements_first"}
GROWS = ("revenue_movements", "revenue_accounts", "revenue_days", "subscriptions", "operations")


class Revenue(unittest.TestCase):
    def setUp(self):
        self.base = database()
        self.all = {name: sql for noun in ("revenue", "revenue_proof", "adoption") for name, sql in statements(noun).items() if "?1" in sql}

    def walks(self, name):
        return [step for step in plan_of(self.base, self.all[name]) if step.startswith("SCAN") and any(table in step for table in GROWS)]

    def test_no_table_that_grows_is_walked(self):
        for name in sorted(self.all):
            allowed = [WHOLE_INDEXES[name]] if name in WHOLE_INDEXES else []
            # What has no parameter of its own begins an index and ends with the limit.
            found = [step for step in self.walks(name) if step not in allowed and "USING INDEX" not in step and "USING COVERING INDEX" not in step]
            self.assertEqual(found, [], name)

    def test_a_year_of_customers_is_read_from_one_index(self):
        for name, step in WHOLE_INDEXES.items():
            self.assertIn(step, plan_of(self.base, self.all[name]), name)

    def test_the_newest_facts_come_unsorted_from_theirs(self):
        plan = "\n".join(plan_of(self.base, self.all["revenue_movement_page"]))
        self.assertIn("revenue_movements_by_day", plan)
        self.assertNotIn("TEMP B-TREE", plan)

    def test_without_an_index_it_is_found_out(self):
        self.base.execute("drop index revenue_movements_by_day")
        self.assertNotEqual([step for step in self.walks("revenue_movement_page") if "INDEX" not in step], [])


if __name__ == "__main__":
    unittest.main()
