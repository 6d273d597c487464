"""Guards that the lanes count what was run and call nothing green that was not."""
import io
import json
import os
import tempfile
import unittest
from contextlib import redirect_stdout

import lanes


def meson_log(*programs):
    """The count of a meson log with these (result, stdout) programs."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "testlog.json")
        with open(path, "w", encoding="utf-8") as log:
            for result, stdout in programs:
                log.write(json.dumps({"name": "x", "result": result, "stdout": stdout}) + "\n")
        return lanes.count_meson(path)


def lane(*suites):
    """Whether a lane of (name, function) suites passed, and its lines."""
    out = io.StringIO()
    with redirect_stdout(out):
        is_good = lanes.run_lane([lanes.Suite(name, run) for name, run in suites])
    return is_good, out.getvalue().splitlines()


def broken(_):
    raise lanes.Broken("no such thing")


class Readers(unittest.TestCase):
    def test_tap(self):
        self.assertEqual(lanes.count_tap("1..4\nok 1 - a\nnot ok 2 - b\n# ok 9\nok 3\nnot ok 4 # SKIP c\n"), lanes.Count(2, 1))

    def test_node_counts_the_cancelled_as_failed(self):
        self.assertEqual(lanes.count_node("# pass 3\n# fail 1\n# cancelled 2\n# skipped 5\n"), lanes.Count(3, 3))

    def test_node_without_figures_is_broken(self):
        with self.assertRaises(lanes.Broken):
            lanes.count_node("Error: cannot find module")

    def test_unittest(self):
        self.assertEqual(lanes.count_unittest("Ran 5 tests in 0.1s\n\nFAILED (failures=1, errors=2)\n"), lanes.Count(2, 3))
        self.assertEqual(lanes.count_unittest("Ran 1 test in 0.1s\n\nOK\n"), lanes.Count(1, 0))

    def test_each_cmocka_function_counts(self):
        self.assertEqual(meson_log(("OK", "1..2\nok 1 - a\nok 2 - b\n"), ("OK", "1..1\nok 1 - c\n")), lanes.Count(3, 0))

    def test_a_failed_function_is_not_counted_twice(self):
        self.assertEqual(meson_log(("FAIL", "ok 1 - a\nnot ok 2 - b\n")), lanes.Count(1, 1))

    def test_a_crash_counts_once_beside_what_passed(self):
        self.assertEqual(meson_log(("FAIL", "1..3\nok 1 - a\n")), lanes.Count(1, 1))
        self.assertEqual(meson_log(("TIMEOUT", "")), lanes.Count(0, 1))

    def test_a_program_without_tests_has_failed(self):
        self.assertEqual(meson_log(("OK", "1..0\n")), lanes.Count(0, 1))


class Lane(unittest.TestCase):
    def test_the_last_line_sums_up(self):
        is_good, lines = lane(("a", lambda _: lanes.Count(2, 0)), ("b", lambda _: lanes.Count(3, 0)))
        self.assertTrue(is_good)
        self.assertEqual(lines[-1], "5 passed, 0 failed")

    def test_a_failing_suite_shows_its_output(self):
        def fails(shell):
            shell.output.append("expected 1, got 2\n")
            return lanes.Count(2, 1)

        is_good, lines = lane(("a", fails))
        self.assertFalse(is_good)
        self.assertIn("expected 1, got 2", lines)
        self.assertEqual(lines[-1], "2 passed, 1 failed")

    def test_a_suite_that_ran_nothing_has_failed(self):
        is_good, lines = lane(("a", lambda _: lanes.Count(0, 0)))
        self.assertFalse(is_good)
        self.assertIn("ran no test", lines[-2])
        self.assertEqual(lines[-1], "0 passed, 1 failed")

    def test_a_suite_that_could_not_run_has_failed(self):
        is_good, lines = lane(("a", broken), ("b", lambda _: lanes.Count(1, 0)))
        self.assertFalse(is_good)
        self.assertEqual(lines[-1], "1 passed, 1 failed")

    def test_a_lane_without_suites_has_failed(self):
        self.assertFalse(lane()[0])


class Commands(unittest.TestCase):
    def test_status_and_output_are_kept(self):
        shell = lanes.Shell()
        self.assertEqual(shell.run(["sh", "-c", "echo out; echo err >&2; exit 3"]), (3, "out\nerr\n"))
        self.assertIn("out\nerr\n", shell.output)

    def test_a_step_that_must_succeed_breaks_the_suite(self):
        with self.assertRaises(lanes.Broken):
            lanes.Shell().run(["false"], check=True)


if __name__ == "__main__":
    unittest.main()
