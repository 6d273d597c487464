"""Guards that a bench's rows are read as they were printed, that a missed goal is called missed and an
absent figure absent, and that the table and the plot show all of it."""
import contextlib
import io
import json
import os
import re
import tempfile
import unittest
import xml.etree.ElementTree as xml

import bench
import bench_machine
import bench_report

ROW = "check\t200\t/s\t100\tthan=nginx\tlow=150\thigh=250\treferenceLow=90\treferenceHigh=110\trounds=5\n"
MACHINE = {"processor": "Some CPU", "cores": 2, "cache": None, "memoryGigabytes": 4, "governor": None, "isVirtual": True,
           "kernel": "Linux 6", "system": "Debian", "fileSystem": "ext4", "loadBefore": 0.1,
           "syncMilliseconds": {"p50": 1, "p99": 2, "p99.9": 3}, "versions": {"nginx": "nginx/1.22"}}


def judged(line, **goal):
    return bench.judge(bench.read_row(line), goal or None)


def report(*rows, missing=()):
    return {"date": "2026-01-02", "machine": MACHINE, "sections": bench.arrange(list(rows), []), "missing": list(missing),
            "loadAfter": 0.2}


def run_script(text):
    """What bench.run makes of a shell script, and what it printed."""
    shown, out = [], io.StringIO()
    with contextlib.redirect_stdout(out):
        rows, is_good = bench.run(bench.Bench("x", ("sh", "-c", text)), False, shown.append)
    return rows, is_good, shown, out.getvalue()


class Rows(unittest.TestCase):
    def test_all_of_a_row_is_read(self):
        self.assertEqual(bench.read_row(ROW), {
            "name": "check", "figure": 200, "unit": "/s", "reference": 100, "than": "nginx", "low": 150, "high": 250,
            "referenceLow": 90, "referenceHigh": 110, "rounds": 5})

    def test_four_columns_are_enough_and_a_reference_may_be_absent(self):
        self.assertEqual(bench.read_row("start\t1.5\tms\t-\n"), {"name": "start", "figure": 1.5, "unit": "ms", "reference": None})

    def test_other_lines_are_no_rows(self):
        self.assertIsNone(bench.read_row("a table of its own\n"))
        self.assertIsNone(bench.read_row("a\tb\n"))

    def test_a_figure_that_is_no_number_is_refused(self):
        with self.assertRaises(ValueError):
            bench.read_row("a\tfast\t/s\t-\n")


class Goals(unittest.TestCase):
    def test_a_ratio_is_held_against_its_bound(self):
        self.assertTrue(judged(ROW, ratio={"min": 2.0})["isMet"])
        self.assertFalse(judged(ROW, ratio={"min": 2.01})["isMet"])
        self.assertFalse(judged(ROW, ratio={"max": 1.2})["isMet"])

    def test_all_bounds_must_hold(self):
        self.assertTrue(judged(ROW, ratio={"min": 1}, figure={"min": 200, "max": 200})["isMet"])
        self.assertFalse(judged(ROW, ratio={"min": 1}, figure={"min": 201})["isMet"])

    def test_without_a_reference_a_ratio_is_missed_not_met(self):
        row = judged("check\t200\t/s\t-\n", ratio={"min": 0.1})
        self.assertFalse(row["isMet"])
        self.assertIsNone(row["ratio"])

    def test_without_a_goal_nothing_is_judged(self):
        self.assertNotIn("isMet", judged(ROW))
        self.assertNotIn("isMet", bench.judge(bench.read_row(ROW), {"row": "check"}))

    def test_the_goals_of_the_project_are_well_formed(self):
        sections, goals = bench.read_goals()
        self.assertTrue(sections)
        for section in sections:
            self.assertLessEqual(set(section), {"title", "note", "rows"})
        for goal in goals.values():
            self.assertLessEqual(set(goal), {"row", "ratio", "figure"}, goal)
            for bound in (goal[what] for what in ("ratio", "figure") if what in goal):
                self.assertTrue(bound and set(bound) <= {"min", "max"}, goal)
        self.assertTrue(any("ratio" in goal for goal in goals.values()))

    def test_two_goals_for_one_row_are_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "goals.json")
            with open(path, "w", encoding="utf-8") as file:
                json.dump({"sections": [{"title": "a", "rows": [{"row": "x"}, {"row": "x"}]}]}, file)
            with self.assertRaisesRegex(ValueError, "two goals"):
                bench.read_goals(path)

    def test_rows_stand_in_the_order_of_the_goals(self):
        rows = [judged(ROW.replace("check", name)) for name in "abc"]
        sections = [{"title": "first", "note": "why", "rows": [{"row": "c"}, {"row": "a"}]}, {"title": "empty", "rows": [{"row": "z"}]}]
        arranged = bench.arrange(rows, sections)
        self.assertEqual([(s["title"], [row["name"] for row in s["rows"]]) for s in arranged],
                         [("first", ["c", "a"]), ("Further figures", ["b"])])
        self.assertEqual(arranged[0]["note"], "why")


    def test_a_row_is_given_the_floor_of_its_name(self):
        rows = [judged(ROW), judged(ROW.replace("check", "check: floor").replace("\t100\t", "\t400\t")), judged(ROW.replace("check", "other"))]
        check, floor, other = bench.with_floors(rows)
        self.assertEqual((check["floor"], check["ofFloor"]), (400, 0.5))
        self.assertNotIn("floor", floor)
        self.assertNotIn("floor", other)

    def test_a_floor_that_was_not_measured_is_none(self):
        rows = [judged(ROW), judged("check: floor\t200\t/s\t-\n")]
        self.assertNotIn("floor", next(bench.with_floors(rows)))


class Running(unittest.TestCase):
    def test_rows_come_as_they_are_printed(self):
        rows, is_good, shown, _ = run_script(r"printf 'a\t1\t/s\t-\nnoise\nb\t2\t/s\t1\n'")
        self.assertEqual([row["name"] for row in rows], ["a", "b"])
        self.assertEqual(shown, rows)
        self.assertTrue(is_good)

    def test_one_that_fails_has_failed_whatever_it_printed(self):
        _, is_good, _, out = run_script(r"printf 'a\t1\t/s\t-\nwhy\n'; exit 3")
        self.assertFalse(is_good)
        self.assertIn("why", out)
        self.assertIn("status 3", out)

    def test_one_that_prints_nothing_has_failed(self):
        self.assertFalse(run_script("true")[1])

    def test_a_table_of_its_own_is_shown(self):
        _, is_good, _, out = run_script("echo 13 ns")
        self.assertTrue(is_good)
        self.assertIn("13 ns", out)

    def test_nothing_it_started_stays(self):
        rows, is_good, _, _ = run_script(r"(sleep 60; printf 'late\t1\t/s\t-\n') & printf 'a\t1\t/s\t-\n'")
        self.assertEqual([row["name"] for row in rows], ["a"])
        self.assertTrue(is_good)


class Words(unittest.TestCase):
    def test_figures_have_four_digits_that_matter(self):
        for value, text in ((0, "0"), (0.0123456, "0.01235"), (1.5, "1.5"), (13.456, "13.46"), (999.96, "1000"), (1234.5, "1,234"),
                            (269871, "269,900"), (None, "-")):
            self.assertEqual(bench_report.figure_text(value), text)

    def test_a_line_says_figure_reference_ratio_goal_and_verdict(self):
        line = bench_report.line(judged(ROW, ratio={"min": 3}, figure={"min": 150}))
        self.assertRegex(line, r"^check +200 /s +100 +2\.00x  ≥ 150/s, ≥ 3x missed$")

    def test_the_last_lines_name_what_has_no_figure_and_count(self):
        closing = bench_report.closing(report(judged(ROW, ratio={"min": 1}), judged(ROW.replace("check", "b"), ratio={"min": 9}),
                                              missing=["c"]))
        self.assertEqual(closing.splitlines(), ["no figure for: c", "2 figures, 1 of 2 goals met"])

    def test_the_page_shows_every_row_the_machine_and_what_is_missing(self):
        page = bench_report.markdown(report(judged(ROW, ratio={"min": 3}), missing=["gone"]), "stem")
        self.assertIn("| check | 200 /s | 150 – 250 | 100 (nginx) | 90 – 110 | 2.00x | ≥ 3x | **no** |", page)
        for words in ("stem.svg", "- gone", "Some CPU, 2 cores, virtual", "nginx/1.22"):
            self.assertIn(words, page)


    def test_the_floor_has_a_column_where_a_row_has_one(self):
        with_one = bench_report.markdown(report(judged(ROW) | {"floor": 400, "ofFloor": 0.5}, judged(ROW.replace("check", "b"))), "stem")
        self.assertIn("| met | of the floor |", with_one)
        self.assertIn("| check | 200 /s | 150 – 250 | 100 (nginx) | 90 – 110 | 2.00x |  |  | 0.50x of 400 |", with_one)
        self.assertIn("| b | 200 /s | 150 – 250 | 100 (nginx) | 90 – 110 | 2.00x |  |  |  |", with_one)
        self.assertNotIn("of the floor", bench_report.markdown(report(judged(ROW)), "stem"))

    def test_the_page_and_the_plot_show_what_a_section_is_about(self):
        about = report(judged(ROW))
        about["sections"][0]["note"] = "beside the <least>"
        self.assertIn("\n\nbeside the <least>\n\n| what", bench_report.markdown(about, "stem"))
        self.assertIn("beside the &lt;least&gt;", bench_report.svg(about))


class Plot(unittest.TestCase):
    def elements(self, *rows):
        root = xml.fromstring(bench_report.svg(report(*rows)))
        return [(element.tag.split("}")[1], element.get("class"), element) for element in root.iter()]

    def test_it_draws_figure_reference_goal_and_names(self):
        found = self.elements(judged(ROW, ratio={"min": 3}))
        widths = {kind: float(e.get("width")) for tag, kind, e in found if tag == "rect" and float(e.get("x")) == bench_report.LEFT}
        self.assertAlmostEqual(widths["figure"] / widths["reference"], 2, places=2)
        goals = [float(e.get("x1")) for tag, kind, e in found if kind == "goal"][1:]  # the first is the legend's
        self.assertAlmostEqual((goals[0] - bench_report.LEFT) / widths["reference"], 3, places=2)
        words = " ".join(e.text or "" for tag, _, e in found if tag == "text")
        for text in ("check", "beside nginx", "200/s", "2.00x", "✗ ≥ 3x"):
            self.assertIn(text, words)

    def test_it_marks_the_floor(self):
        found = self.elements(judged(ROW) | {"floor": 400, "ofFloor": 0.5})
        width = next(float(e.get("width")) for tag, kind, e in found if kind == "figure" and float(e.get("x")) == bench_report.LEFT)
        floors = [float(e.get("x1")) for tag, kind, e in found if kind == "floor"][1:]  # the first is the legend's
        self.assertEqual(len(floors), 1)
        self.assertAlmostEqual((floors[0] - bench_report.LEFT) / width, 2, places=2)

    def test_what_lies_far_apart_is_drawn_on_a_logarithmic_axis(self):
        axis = bench_report.Axis([10, 100000])
        self.assertTrue(axis.is_log)
        self.assertAlmostEqual(axis.x(1000) - axis.x(100), axis.x(10000) - axis.x(1000))
        self.assertFalse(bench_report.Axis([10, 100]).is_log)

    def test_nothing_is_drawn_outside_of_the_bars_own_room(self):
        for values in ([0.001, 5e6], [3, 3], [0], [1e-9, 1e-3], [999, 1000], [-1, 2], [-2, -1]):
            axis = bench_report.Axis(values)
            for value in [*values, *axis.ticks()]:
                self.assertGreaterEqual(axis.x(value), bench_report.LEFT - 0.01)
                self.assertLessEqual(axis.x(value), bench_report.WIDTH - bench_report.RIGHT + 0.01)

    def test_names_are_escaped(self):
        self.assertIn("a &lt;b&gt; &amp; c", bench_report.svg(report(judged(ROW.replace("check", "a <b> & c")))))


class Machine(unittest.TestCase):
    def test_files_are_named_by_the_processor(self):
        self.assertEqual(bench_machine.slug({"processor": "Intel(R) Xeon(R) CPU E5-2680 v4 @ 2.40GHz", "cores": 4}), "intel-xeon-e5-2680-v4-4-cores")

    def test_the_disk_is_measured(self):
        with tempfile.TemporaryDirectory() as folder:
            sync = bench_machine.syncs(folder, 10)
        self.assertTrue(0 < sync["p50"] <= sync["p99"] <= sync["p99.9"])

    def test_this_machine_can_be_described(self):
        root = os.path.dirname(os.path.dirname(os.path.abspath(bench.__file__)))
        machine = bench_machine.describe(root)
        self.assertGreaterEqual(machine["cores"], 1)
        self.assertTrue(machine["fileSystem"])
        self.assertTrue(re.search(r"^memory +[\d.]+ GB$", bench_report.machine_text(machine), re.M))


if __name__ == "__main__":
    unittest.main()
