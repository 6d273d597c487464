"""Guards: the board of subscriptions is counted in an index, and its pages come from one, however many subscriptions there are."""
import unittest

from query_plans import database, plan_of, statements

NOUN = "lifecycle"


class Board(unittest.TestCase):
    def setUp(self):
        self.base = database()

    def plan(self, name):
        return "\n".join(plan_of(self.base, statements(NOUN)[name]))

    def test_all_statements_are_there(self):
        self.assertEqual(sorted(statements(NOUN)), ["lifecycle_count_ended", "lifecycle_counted", "lifecycle_ended", "lifecycle_in_force",
                                                    "lifecycle_moves", "lifecycle_of_status", "lifecycle_overdue"])

    def test_all_are_counted_in_the_index_alone_unsorted(self):
        self.assertEqual(self.plan("lifecycle_counted"), "SCAN subscriptions USING COVERING INDEX subscriptions_board")

    def test_what_is_late_is_found_in_the_index_alone(self):
        self.assertIn("SCAN subscriptions USING COVERING INDEX subscriptions_board", self.plan("lifecycle_overdue"))
        self.assertIn("SEARCH s USING INDEX subscriptions_in_force (user_id=?)", self.plan("lifecycle_overdue"))

    def test_moves_are_found_by_what_was_done(self):
        self.assertEqual(self.plan("lifecycle_moves"), "SEARCH audit_rows USING INDEX audit_rows_by_action (action=? AND id>? AND id<?)")

    def test_pages_follow_the_customer_in_an_index(self):
        self.assertIn("subscriptions_in_force (user_id>?)", self.plan("lifecycle_in_force"))
        self.assertIn("subscriptions_standing (status=? AND user_id>?)", self.plan("lifecycle_of_status"))
        for name in ("lifecycle_in_force", "lifecycle_of_status"):
            self.assertNotIn("TEMP B-TREE", self.plan(name))

    def test_what_ended_is_found_by_when(self):
        for name in ("lifecycle_count_ended", "lifecycle_ended"):
            self.assertIn("subscriptions_ended (ended_at>? AND ended_at<?)", self.plan(name))

    def test_without_the_index_it_is_found_out(self):
        self.base.execute("drop index subscriptions_board")
        self.assertNotIn("COVERING INDEX subscriptions_board", self.plan("lifecycle_counted"))


if __name__ == "__main__":
    unittest.main()
