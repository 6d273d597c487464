#!/usr/bin/env python3
"""The bench lane: runs every bench, holds its figures against bench/goals.json, and keeps the table.

A bench is a program build/bench/bench_NAME or a script bench/NAME.mjs. It prints rows, a line each:

    name<TAB>figure<TAB>unit<TAB>reference[<TAB>key=value...]

The reference is measured in the same run, in turns with the figure, or is "-". Keys: than (what the
reference is), low and high, referenceLow and referenceHigh (of the rounds), rounds. One that prints no
row has a table of its own, which is shown as it is.

A goal that is missed does not fail the lane: what a shared or slow machine shows is no bug. A bench
that fails does, and so does a goal whose row nobody printed, since it would be missed unseen.

usage: tools/bench.py [--quick] [--write] [NAME...]"""
import argparse
import dataclasses
import datetime
import glob
import json
import os
import signal
import subprocess
import sys
import threading

import bench_machine
import bench_report

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
GOALS = os.path.join(ROOT, "bench", "goals.json")
RESULTS = os.path.join(ROOT, "bench", "results")
SECONDS_MAX = 3600
FLOOR = ": floor"


@dataclasses.dataclass(frozen=True)
class Bench:
    name: str
    command: tuple


def all_benches():
    programs = [p for p in sorted(glob.glob("build/bench/bench_*", root_dir=ROOT))
                if os.path.isfile(os.path.join(ROOT, p)) and os.access(os.path.join(ROOT, p), os.X_OK)]
    found = [Bench(os.path.basename(p).removeprefix("bench_"), (os.path.join(ROOT, p),)) for p in programs]
    return found + [Bench(os.path.basename(p).removesuffix(".mjs"), ("node", p))
                    for p in sorted(glob.glob("bench/*.mjs", root_dir=ROOT))]


def number(text):
    return None if text in ("-", "") else float(text)


def read_row(line):
    """The row that a line is, or None."""
    name, *rest = line.rstrip("\n").split("\t")
    if len(rest) < 3:
        return None
    figure, unit, reference, *more = rest
    keys = dict(pair.partition("=")[::2] for pair in more)
    row = {"name": name, "figure": number(figure), "unit": unit, "reference": number(reference)}
    row |= {"than": keys["than"]} if "than" in keys else {}
    return row | {key: number(keys[key]) for key in ("low", "high", "referenceLow", "referenceHigh", "rounds") if key in keys}


def ratio(row):
    """How many times the reference the figure is, or None."""
    if row["figure"] is None or not row["reference"]:
        return None
    return row["figure"] / row["reference"]


def judge(row, goal):
    """The row with its ratio, its goal and whether that is met. A goal is {"ratio": bounds} or {"figure":
    bounds} or both, bounds being {"min": n} or {"max": n}; one without either is only the row's place."""
    judged = row | {"ratio": ratio(row)}
    bounds_of = {what: goal[what] for what in ("figure", "ratio") if what in (goal or {})}
    if not bounds_of:
        return judged
    met = []
    for what, bounds in bounds_of.items():
        value = judged[what]
        met += [value is not None and value >= bounds["min"]] if "min" in bounds else []
        met += [value is not None and value <= bounds["max"]] if "max" in bounds else []
    return judged | {"goal": bounds_of, "isMet": all(met)}


def read_goals(path=GOALS):
    """The sections of the table, and the goal of each row by its name."""
    with open(path, encoding="utf-8") as text:
        sections = json.load(text)["sections"]
    goals = {}
    for section in sections:
        for goal in section["rows"]:
            if goal["row"] in goals:
                raise ValueError(f"{path}: the row \"{goal['row']}\" has two goals")
            goals[goal["row"]] = goal
    return sections, goals


def end_all(child):
    """Waits for a bench, then ends what it left running, which could hold its output open for ever."""
    try:
        child.wait(SECONDS_MAX)
    except subprocess.TimeoutExpired:
        print(f"took more than {SECONDS_MAX} s", flush=True)
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def run(bench, is_quick, show):
    """Rows of a bench, each given to `show` as it comes; and whether it went well."""
    environment = {**os.environ, "TURNPIKE": os.path.join(ROOT, "build", "turnpike"),
                   **({"TURNPIKE_QUICK": "1"} if is_quick else {})}
    child = subprocess.Popen(bench.command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL,
                             stdout=subprocess.PIPE, text=True, errors="replace", start_new_session=True)
    watcher = threading.Thread(target=end_all, args=(child,))
    watcher.start()
    rows, other = [], []
    with child.stdout:
        for line in child.stdout:
            row = read_row(line)
            if row is None:
                other.append(line)
            else:
                rows.append(row)
                show(row)
    watcher.join()
    is_good = child.returncode == 0 and bool(rows or other)
    if other and not (is_good and rows):
        print(f"{bench.name}:\n{''.join(other)}", flush=True)
    if not is_good:
        print(f"{bench.name} failed (status {child.returncode})", flush=True)
    return rows, is_good


def with_floors(rows):
    """Each row with the floor that stands beside it in the row of its name and ": floor"."""
    floors = {row["name"].removesuffix(FLOOR): row for row in rows if row["name"].endswith(FLOOR)}
    for row in rows:
        floor = floors.get(row["name"])
        has_one = floor is not None and floor["ratio"] is not None
        yield row | ({"floor": floor["reference"], "ofFloor": floor["ratio"]} if has_one else {})


def arrange(rows, sections):
    """The rows by section, in the order of the goals; those that have no place there come last, as they were."""
    by_name = {row["name"]: row for row in rows}
    arranged, placed = [], set()
    for section in sections:
        names = [goal["row"] for goal in section["rows"] if goal["row"] in by_name]
        placed |= set(names)
        arranged.append(section | {"rows": [by_name[name] for name in names]})
    arranged.append({"title": "Further figures", "rows": [row for row in rows if row["name"] not in placed]})
    return [section for section in arranged if section["rows"]]


def write(report, folder=RESULTS):
    os.makedirs(folder, exist_ok=True)
    stem = f"{report['date']}-{bench_machine.slug(report['machine'])}"
    texts = {"json": json.dumps(report, indent=2) + "\n", "md": bench_report.markdown(report, stem),
             "svg": bench_report.svg(report)}
    for ending, text in texts.items():
        with open(os.path.join(folder, f"{stem}.{ending}"), "w", encoding="utf-8") as file:
            file.write(text)
    print(f"written: {os.path.relpath(folder, ROOT)}/{stem}.{{md,json,svg}}")


def choose(names):
    benches = all_benches()
    unknown = set(names) - {bench.name for bench in benches}
    if unknown or not benches:
        sys.exit(f"bench: no bench {', '.join(sorted(unknown))}; there are " + ", ".join(b.name for b in benches))
    return [bench for bench in benches if not names or bench.name in names]


def main():
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help="only these; nothing is kept then unless --write")
    parser.add_argument("--quick", action="store_true", help="does it all run? The figures mean nothing")
    parser.add_argument("--write", action="store_true", help="keep the results of chosen benches too")
    arguments = parser.parse_args()
    benches = choose(arguments.names)
    sections, goals = read_goals()
    report = {"date": datetime.date.today().isoformat(), "machine": bench_machine.describe(ROOT)}
    print(bench_report.machine_text(report["machine"]), bench_report.head_line(), sep="\n\n", flush=True)
    rows, is_good = [], True
    for bench in benches:
        judged = lambda row: judge(row, goals.get(row["name"]))  # noqa: E731
        found, went_well = run(bench, arguments.quick, lambda row: print(bench_report.line(judged(row)), flush=True))
        is_good = is_good and went_well
        rows += [judged(row) | {"bench": bench.name} for row in found]
    missing = [] if arguments.names or arguments.quick else sorted(set(goals) - {row["name"] for row in rows})
    report |= {"sections": arrange(list(with_floors(rows)), sections), "missing": missing, "loadAfter": bench_machine.load_average()}
    print(bench_report.closing(report))
    if rows and not arguments.quick and (arguments.write or not arguments.names):
        write(report)
    sys.exit(not is_good or bool(missing))


if __name__ == "__main__":
    main()
