"""Guards that tools/pure.py follows symbols into base and stops at nothing that is not known to compute."""
import unittest

import pure

BASE = {
    "str.c.o": ({"str_equal"}, {"memcmp", "check_failed"}),
    "check.c.o": ({"check_failed"}, {"abort", "stderr", "__fprintf_chk"}),
    "world.c.o": ({"world_now"}, {"clock_gettime"}),
    "late.c.o": ({"late_now"}, {"world_now"}),
}


def found(*needs):
    return list(pure.impurities({"money.c.o": ({"money_add"}, set(needs))}, BASE))


class Purity(unittest.TestCase):
    def test_what_computes_is_pure(self):
        self.assertEqual(found("memcpy", "snprintf", "__divti3", "str_equal", "money_add"), [])

    def test_a_system_call_is_not(self):
        for symbol in ("clock_gettime", "open64", "malloc", "getrandom", "pthread_mutex_lock", "printf", "abort"):
            self.assertEqual(found(symbol), [("money.c.o", symbol)])

    def test_nor_is_one_behind_two_functions_of_base(self):
        self.assertEqual(found("late_now"), [("world.c.o", "clock_gettime")])

    def test_a_bug_may_abort(self):
        self.assertEqual(found("check_failed"), [])


if __name__ == "__main__":
    unittest.main()
