#!/usr/bin/env python3
"""Runs the lanes of ./dev that count: test and check (tools/bench.py is the one that measures).

A lane is a table of suites. A suite is one or more commands and a reader that finds in their output
how many tests passed and failed. Suites of a lane run side by side, as many as there are cores; each
prints one line when it ends, a failing one its whole output. The last line of a lane is
"N passed, N failed". A suite that ran nothing has failed: an empty folder must not look green.

What is built, and with which tools, is ./dev's business; everything here works without network.
"""
import argparse
import concurrent.futures
import contextlib
import dataclasses
import glob
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from typing import Callable

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SUITE_SECONDS_MAX = 1800


@dataclasses.dataclass(frozen=True)
class Count:
    passed: int
    failed: int


@dataclasses.dataclass(frozen=True)
class Suite:
    """`run` gets a shell (see Shell) and gives the count; it may raise Broken."""

    name: str
    run: Callable
    quick: bool = True  # part of `check --quick`


class Broken(Exception):
    """The suite could not run as it must; the message says why."""


class Shell:
    """Runs commands for one suite and keeps all that they print."""

    def __init__(self):
        self.output = []

    def run(self, command, env=None, cwd=".", check=False):
        """Status and output of `command`; what takes too long is killed with all it started."""
        self.output.append("$ " + " ".join(command) + "\n")
        child = subprocess.Popen(
            command, cwd=os.path.join(ROOT, cwd), env={**os.environ, **(env or {})}, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
            start_new_session=True)
        timer = threading.Timer(SUITE_SECONDS_MAX, os.killpg, (child.pid, signal.SIGKILL))
        timer.start()
        try:
            text, _ = child.communicate()
        finally:
            timer.cancel()
        self.output.append(text)
        if check and child.returncode != 0:
            raise Broken(f"{command[0]} ended with status {child.returncode}")
        return child.returncode, text


# --- readers: from output to counts ---------------------------------------------------------------


def count_tap(text):
    """Points of TAP output. What was skipped neither passed nor failed (cmocka says "not ok" of it)."""
    points = [line for line in text.splitlines() if "# SKIP" not in line]
    return Count(sum(re.match(r"ok \d", line) is not None for line in points),
                 sum(re.match(r"not ok \d", line) is not None for line in points))


def count_node(text):
    """The closing figures of `node --test`. What was cancelled has failed; what was skipped is neither."""
    figure = {name: int(n) for name, n in re.findall(r"^# (pass|fail|cancelled) (\d+)$", text, re.M)}
    if not figure:
        raise Broken("node --test printed no figures")
    return Count(figure.get("pass", 0), figure.get("fail", 0) + figure.get("cancelled", 0))


def count_unittest(text):
    ran = re.search(r"^Ran (\d+) tests? in", text, re.M)
    if not ran:
        raise Broken("unittest printed no figures")
    failed = sum(int(n) for n in re.findall(r"(?:failures|errors)=(\d+)", text))
    return Count(int(ran[1]) - failed, failed)


def count_meson(log_path):
    """One test per cmocka function. A program that crashed or exited badly counts at least once."""
    passed = failed = 0
    with open(log_path, encoding="utf-8", errors="replace") as log:
        for line in log:
            program = json.loads(line)
            points = count_tap(program.get("stdout", ""))
            is_bad = program["result"] not in ("OK", "EXPECTEDFAIL") or points.passed == 0
            passed += points.passed
            failed += max(points.failed, 1 if is_bad else 0)
    return Count(passed, failed)


# --- the suites of `test` -------------------------------------------------------------------------


def unit(build, env=None):
    """The cmocka programs of a build folder."""

    def run(shell):
        log = os.path.join(ROOT, build, "meson-logs", "testlog.json")
        with contextlib.suppress(FileNotFoundError):
            os.remove(log)  # or that of an earlier run could be taken for this one's
        shell.run(["meson", "test", "-C", build, "--no-rebuild", "--suite", "unit", "--print-errorlogs"],
                  {"CMOCKA_MESSAGE_OUTPUT": "TAP", **(env or {})})
        if not os.path.exists(log):
            raise Broken(f"{build} has no unit tests")
        return count_meson(log)

    return run


def tidy(shell):
    _, text = shell.run([sys.executable, "tools/tidy.py"])
    return count_tap(text)


def symbols(tool):
    """What only the symbols of the built libraries can show (tools/pure.py, tools/names.py)."""

    def run(shell):
        return count_tap(shell.run([sys.executable, f"tools/{tool}.py", "build"])[1])

    return run


def tools(shell):
    """The tests of what is written in Python."""
    counts = [count_unittest(shell.run([sys.executable, "-m", "unittest", "discover", "-s", folder, "-p",
                                        "*_test.py"])[1]) for folder in ("tools", "tests")]
    return Count(sum(c.passed for c in counts), sum(c.failed for c in counts))


def stories(folder, build="build", env=None, part=(0, 1)):
    """The node tests of tests/<folder>, on the program of a build folder. Of `part` (k, n) it is every
    nth file from the kth on, without what judges a whole folder (zz_*): one that would hold up its lane
    is run as several suites."""
    nth, parts = part

    def run(shell):
        files = sorted(glob.glob(f"tests/{folder}/**/*.test.mjs", root_dir=ROOT, recursive=True))
        if parts > 1:
            files = [path for path in files if not os.path.basename(path).startswith("zz_")][nth::parts]
        if not files:
            raise Broken(f"tests/{folder} has no *.test.mjs")
        program = os.path.join(ROOT, build, "turnpike")
        status, text = shell.run(["node", "--test", "--test-reporter=tap", *files],
                                 {"TURNPIKE": program, "STORIES": "a part" if parts > 1 else "all", **(env or {})})
        count = count_node(text)
        return count if status == 0 or count.failed else Count(count.passed, 1)

    return run


def pages(shell):
    """ui/'s own tests by vitest, and its types: the build takes them away without a look."""
    wrong_types = shell.run(["npx", "--no-install", "tsc", "--noEmit"], cwd="ui")[0] != 0
    with tempfile.TemporaryDirectory() as folder:
        report = os.path.join(folder, "vitest.json")
        shell.run(["npx", "--no-install", "vitest", "run", "--reporter=default", "--reporter=json",
                   f"--outputFile.json={report}"], cwd="ui")
        try:
            with open(report, encoding="utf-8") as text:
                figures = json.load(text)
        except (OSError, ValueError) as error:
            raise Broken(f"vitest left no report: {error}") from None
    failed = figures["numFailedTests"] + figures["numFailedTestSuites"]
    failed = failed if not figures["success"] else 0
    return Count(figures["numPassedTests"] + (not wrong_types), failed + wrong_types)


TEST = [
    Suite("browser-1", stories("browser", part=(0, 2))),
    Suite("browser-2", stories("browser", part=(1, 2))),
    Suite("views", stories("views")),  # what looks at every page
    Suite("crash", stories("crash")),
    Suite("api", stories("api")),
    Suite("sandbox", stories("sandbox")),
    Suite("harness", stories("harness")),
    Suite("unit", unit("build")),
    Suite("ui", pages),
    Suite("tidy", tidy),
    Suite("tools", tools),
    Suite("pure", symbols("pure")),
    Suite("names", symbols("names")),
]

# --- the suites of `check` ------------------------------------------------------------------------

SANITIZERS = {
    "ASAN_OPTIONS": "detect_leaks=1:abort_on_error=1:strict_string_checks=1",
    "UBSAN_OPTIONS": "halt_on_error=1:abort_on_error=1:print_stacktrace=1",
    # What is known to be no leak of ours is listed beside this file with its reason.
    "LSAN_OPTIONS": f"suppressions={os.path.join(ROOT, 'tools', 'leaks_known.txt')}:print_suppressions=0",
}


def make(shell, folder, options, env=None):
    """Builds into `folder` with every warning an error; new options are taken over."""
    again = ["--reconfigure"] if os.path.exists(os.path.join(ROOT, folder, "build.ninja")) else []
    shell.run(["meson", "setup", *again, folder, "-Dwerror=true", *options], env, check=True)
    shell.run(["ninja", "-C", folder], check=True)


MAKING = threading.Lock()
MADE = set()


def make_once(shell, folder, options):
    """For suites that share a folder: it must not be linked anew while a program of it runs."""
    with MAKING:
        if folder not in MADE:
            make(shell, folder, options)
            MADE.add(folder)


def sanitized(*parts):
    """What `parts` (suites of build-asan) find under AddressSanitizer and UndefinedBehaviorSanitizer."""

    def run(shell):
        make_once(shell, "build-asan", ["-Db_sanitize=address,undefined", "-Db_lundef=false"])
        counts = [part(shell) for part in parts]
        return Count(sum(c.passed for c in counts), sum(c.failed for c in counts))

    return run


def clang(shell):
    """A second compiler's opinion: what it warns of needs no optimized program."""
    make(shell, "build-clang", ["-Doptimization=0"], {"CC": "clang", "CXX": "clang++"})
    return Count(1, 0)


LAYOUT_BATCH = 100  # files a process


def layout(shell):
    """Every C file is as clang-format leaves it."""
    files = subprocess.run(["git", "ls-files", "*.c", "*.h"], cwd=ROOT, capture_output=True, text=True,
                           check=True).stdout.split()
    bad = set()
    for start in range(0, len(files), LAYOUT_BATCH):
        status, text = shell.run(["clang-format", "--dry-run", "-Werror", *files[start:start + LAYOUT_BATCH]])
        found = set(re.findall(r"^(\S+?):\d+:\d+: error:", text, re.M))
        if status != 0 and not found:
            raise Broken(f"clang-format ended with status {status} and names no file")
        bad |= found
    return Count(len(files) - len(bad), len(bad))


def compile_commands(layers):
    """What build/ does for the .c files of some layers, without the tests."""
    with open(os.path.join(ROOT, "build", "compile_commands.json"), encoding="utf-8") as text:
        for entry in json.load(text):
            path = os.path.relpath(os.path.join(entry["directory"], entry["file"]), ROOT)
            if path.startswith(tuple(f"src/{layer}/" for layer in layers)) and "_test.c" not in path:
                yield path, entry


# Without colours the alarms can be read; null pointers are followed only where the compiler may assume
# something about them.
ANALYZER = ["-fanalyzer", "-Wno-error", "-fdiagnostics-color=never", "-fdelete-null-pointer-checks"]


def analyzer(shell):
    """gcc -fanalyzer, a file at a time. What is known to be a false alarm is listed beside this
    file, one "path: [-Wanalyzer-name]" a line with its reason."""
    with open(os.path.join(ROOT, "tools", "analyzer_known.txt"), encoding="utf-8") as text:
        known = {line.split("#")[0].strip() for line in text} - {""}
    passed, fresh = 0, []
    for path, entry in compile_commands(["core", "gate", "store"]):
        command = re.sub(r" -MD\b| -(o|MQ|MF) \S+", "", entry["command"]).split()
        found = subprocess.run([*command, *ANALYZER, "-o", os.devnull], cwd=entry["directory"],
                               capture_output=True, text=True, check=False)
        alarms = {f"{path}: {name}" for name in re.findall(r"\[-Wanalyzer-[\w-]+\]", found.stderr)}
        if found.returncode != 0 or alarms - known:
            fresh.append(path)
            shell.output.append(found.stderr)
        else:
            passed += 1
    return Count(passed, len(fresh))


def cppcheck(shell):
    """What is known to be a false alarm is listed beside this file with its reason."""
    status, _ = shell.run(
        ["cppcheck", "--project=build/compile_commands.json", "--enable=warning,portability",
         "--suppressions-list=tools/cppcheck_known.txt", "--suppress=*:build/*", "--error-exitcode=1", "--quiet",
         "--template={file}:{line}: {severity}: {message} [{id}]", "-i", "build"])
    return Count(1 - bool(status), int(bool(status)))


def coverage(shell):
    """Lines and branches of core that its unit tests reach; the figure is printed. A check() has a
    branch that nothing may reach, so its line does not count."""
    make(shell, "build-coverage", ["-Db_coverage=true", "--buildtype=debug"])
    shell.run(["meson", "test", "-C", "build-coverage", "--no-rebuild", "--suite", "unit"], check=True)
    status, text = shell.run(["gcovr", "--root", ".", "--filter", "src/core/", "--exclude", ".*_test.c",
                              "--exclude-unreachable-branches", "--exclude-lines-by-pattern", r"\s*(check|static_assert)\(.*",
                              "--print-summary", "build-coverage"])
    for line in re.findall(r"^(?:lines|branches): .*$", text, re.M):
        say(f"  core {line}")
    return Count(1 - bool(status), int(bool(status)))


CHECK = [
    Suite("sanitizers-1", sanitized(stories("api", "build-asan", SANITIZERS, (0, 2)))),
    Suite("sanitizers-2", sanitized(stories("api", "build-asan", SANITIZERS, (1, 2))), quick=False),
    Suite("sanitizers-3", sanitized(unit("build-asan", SANITIZERS))),
    Suite("clang", clang),
    Suite("layout", layout),
    Suite("coverage", coverage, quick=False),
    Suite("analyzer", analyzer, quick=False),
    Suite("cppcheck", cppcheck, quick=False),
]

# --- running --------------------------------------------------------------------------------------

PRINTING = threading.Lock()


def say(text):
    with PRINTING:
        print(text, flush=True)


def run_suite(suite):
    shell, reason, start = Shell(), "", time.monotonic()
    try:
        count = suite.run(shell)
        if count.passed + count.failed == 0:
            raise Broken("ran no test")
    except (Broken, OSError, ValueError) as error:
        count, reason = Count(0, 1), f": {error}"
    seconds = time.monotonic() - start
    lines = [] if count.failed == 0 else ["".join(shell.output).rstrip()]
    lines.append(f"{suite.name:<12} {count.passed:>6} passed {count.failed:>4} failed {seconds:>7.1f} s{reason}")
    say("\n".join(lines))
    return count


def run_lane(suites):
    """Longest first, so that the lane ends soon after its longest suite. True when all passed."""
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        counts = list(pool.map(run_suite, suites))
    failed = sum(c.failed for c in counts)
    say(f"{sum(c.passed for c in counts)} passed, {failed} failed")
    return failed == 0 and bool(counts)


def choose(suites, names):
    """The suites of these names; "browser" means "browser-1" and "browser-2"."""
    called = {suite.name: {suite.name, re.sub(r"-\d+$", "", suite.name)} for suite in suites}
    unknown = set(names) - set().union(*called.values())
    if unknown:
        sys.exit(f"lanes: no suite {', '.join(sorted(unknown))}; there are {', '.join(called)}")
    return [suite for suite in suites if not names or called[suite.name] & set(names)]


def main():
    parser = argparse.ArgumentParser(prog="lanes", description=__doc__.splitlines()[0])
    parser.add_argument("lane", choices=["test", "check"])
    parser.add_argument("suites", nargs="*", help="only these")
    parser.add_argument("--quick", action="store_true", help="check: only what takes a minute or two")
    arguments = parser.parse_args()
    suites = choose(TEST if arguments.lane == "test" else CHECK, arguments.suites)
    if arguments.quick:
        suites = [suite for suite in suites if suite.quick]
    sys.exit(not run_lane(suites))


if __name__ == "__main__":
    main()
