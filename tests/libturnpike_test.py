"""Guards libturnpike as it is released: one C file that compiles alone and without a warning, a header for C and
C++, and libraries that give a program nothing but the functions of that header."""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent
EDGE = pathlib.Path(os.environ.get("TURNPIKE_BUILD", ROOT / "build")) / "src" / "edge"
HEADERS = ROOT / "include"
DECLARING = (HEADERS / "turnpike.h", HEADERS / "turnpike_take.h")  # a host includes the first, which brings the rest

# A gate without a server: opens, denies for the reason that it has not heard yet, names it, and closes.
SMOKE = """
#include <stdio.h>
#include <string.h>
#include "turnpike.h"
static void hear(void *context, const char *event) { (void)context; (void)event; }
int main(void) {
    struct turnpike_options options = TURNPIKE_OPTIONS;
    options.url = "http://127.0.0.1:9";
    options.node = "smoke";
    options.customers_max = 10;
    options.log = hear;
    struct turnpike *gate = NULL;
    struct turnpike_customer *ada = NULL;
    if (turnpike_open(&options, &gate) != TURNPIKE_OK || turnpike_customer(gate, "ada", &ada) != TURNPIKE_OK) return 1;
    struct turnpike_verdict verdict = turnpike_take(ada, TURNPIKE_API_REQUESTS, 1);
    printf("%d %s %s", verdict.is_allowed, turnpike_reason_name(verdict.reason), turnpike_version());
    turnpike_close(gate, 1);
    return 0;
}
"""


def run(*command, cwd=None, env=None):
    done = subprocess.run([str(word) for word in command], cwd=cwd, env=env, capture_output=True, text=True,
                          check=False)
    if done.returncode != 0:
        raise AssertionError(f"{command}: {done.stdout}{done.stderr}")
    return done.stdout


def flags(what):
    return run("pkg-config", what, "libcurl", "jansson").split()


def promised():
    """The functions that the headers declare."""
    text = "".join(header.read_text(encoding="utf-8") for header in DECLARING)
    text = re.sub(r"/\*.*?\*/|typedef[^;]*;", "", text, flags=re.S)
    return set(re.findall(r"\b(turnpike_\w+)\((?!\*)", text))


def exported(*nm):
    return {match[1] for match in re.finditer(r"^\S+ [TDBRWV] (\S+)$", run("nm", *nm), re.M)}


class Release(unittest.TestCase):
    def compilers(self):
        return [name for name in ("gcc", "clang") if shutil.which(name)]

    def test_the_one_file_compiles_alone_without_a_warning_and_works(self):
        for compiler in self.compilers():
            with self.subTest(compiler), tempfile.TemporaryDirectory() as folder:
                shutil.copy(EDGE / "turnpike.c", folder)
                for header in HEADERS.glob("*.h"):
                    shutil.copy(header, folder)
                pathlib.Path(folder, "smoke.c").write_text(SMOKE, encoding="utf-8")
                run(compiler, "-Wall", "-Wextra", "-Werror", "-O1", *flags("--cflags"), "-c", "turnpike.c", cwd=folder)
                run(compiler, "-Wall", "-Wextra", "-Werror", "smoke.c", "turnpike.o", "-o", "smoke", *flags("--libs"),
                    "-pthread", cwd=folder)
                self.assertRegex(run("./smoke", cwd=folder), r"^0 not_learnt \d+\.\d+\.\d+$")

    def test_a_cplusplus_program_links_the_shared_library(self):
        with tempfile.TemporaryDirectory() as folder:
            source = pathlib.Path(folder, "smoke.cc")
            source.write_text(SMOKE, encoding="utf-8")
            run("g++", "-Wall", "-Werror", "-std=c++20", f"-I{HEADERS}", source, "-o", "smoke", f"-L{EDGE}",
                "-lturnpike", f"-Wl,-rpath,{EDGE}", cwd=folder)
            self.assertRegex(run("./smoke", cwd=folder), r"^0 not_learnt ")

    def test_what_is_installed_is_found_by_pkg_config(self):
        with tempfile.TemporaryDirectory() as folder:
            run("meson", "install", "-C", EDGE.parent.parent, "--no-rebuild", "--quiet", "--destdir", folder)
            (where,) = pathlib.Path(folder).rglob("turnpike.pc")
            found = {**os.environ, "PKG_CONFIG_SYSROOT_DIR": folder, "PKG_CONFIG_PATH": str(where.parent)}
            flags = run("pkg-config", "--cflags", "--libs", "turnpike", env=found).split()
            pathlib.Path(folder, "smoke.c").write_text(SMOKE.replace('"turnpike.h"', "<turnpike.h>"), encoding="utf-8")
            run("cc", "-Wall", "-Werror", "smoke.c", "-o", "smoke", *flags, f"-Wl,-rpath,{where.parent.parent}", cwd=folder)
            self.assertRegex(run("./smoke", cwd=folder), r"^0 not_learnt ")

    def test_the_shared_library_exports_the_header_and_nothing_else(self):
        self.assertEqual(exported("-D", "--defined-only", EDGE / "libturnpike.so"), promised())

    def test_no_name_of_the_static_library_can_meet_the_hosts(self):
        names = exported("--defined-only", "--extern-only", EDGE / "libturnpike.a")
        self.assertTrue(promised() <= names)
        self.assertEqual({name for name in names if not name.startswith("turnpike_")}, set())


class Amalgamation(unittest.TestCase):
    def test_a_name_that_two_files_keep_to_themselves_is_refused(self):
        with tempfile.TemporaryDirectory(dir=ROOT) as folder:
            for name in ("one.c", "two.c"):
                pathlib.Path(folder, name).write_text("static int twice(void) {\n    return 2;\n}\n", encoding="utf-8")
            done = subprocess.run([sys.executable, ROOT / "tools" / "amalgamate.py", "--version", "1", "--output",
                                   f"{folder}/out.c", f"{folder}/one.c", f"{folder}/two.c"],
                                  capture_output=True, text=True, check=False)
            self.assertEqual(done.returncode, 1)
            self.assertIn("twice() is private to both", done.stderr)


if __name__ == "__main__":
    unittest.main()
