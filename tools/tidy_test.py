"""Guards that tools/tidy.py sees what it must: each rule gets a planted offender and a near miss."""
import os
import subprocess
import tempfile
import unittest

import c_source
import tidy

BUILD = "core_lib = static_library('core', 'money.c', 'query/money.sql')\n"
HEAD = "/* Says what it is. */\n"


def offenders(rule, files):
    """What a rule finds in a tree of these files: path -> text."""
    with tempfile.TemporaryDirectory() as root:
        subprocess.run(["git", "init", "-q", root], check=True)
        for path, text in files.items():
            os.makedirs(os.path.join(root, os.path.dirname(path)), exist_ok=True)
            with open(os.path.join(root, path), "w", encoding="utf-8") as file:
                file.write(text)
        return list(rule(tidy.Tree(root)))


class Rules(unittest.TestCase):
    def bad(self, rule, text, path="src/core/money.c"):
        self.assertEqual(len(offenders(rule, {path: text})), 1, text)

    def good(self, rule, text, path="src/core/money.c"):
        self.assertEqual(offenders(rule, {path: text}), [])

    def test_layers(self):
        self.good(tidy.rule_layers, '#include "base/str.h"\n')
        self.good(tidy.rule_layers, '/* #include "store/writer.h" */\n')
        for name in ("store/writer.h", "net/http_server.h", "app/ports.h"):
            self.bad(tidy.rule_layers, f'#include "{name}"\n')
        self.bad(tidy.rule_layers, '#  include "db/db.h"\n', "src/app/plan.c")
        self.bad(tidy.rule_layers, '#include "core/money.h"\n', "src/sandbox/plan.c")
        self.bad(tidy.rule_layers, '#include "stripe/client.h"\n', "src/api/plan.c")
        self.bad(tidy.rule_layers, "int a(void);\n", "src/misc/plan.h")
        self.good(tidy.rule_layers, '#include "api/route.h"\n', "src/main/wire.c")

    def test_layers_of_tests(self):
        self.good(tidy.rule_layers, '#include "store/writer.h"\n', "src/api/plan_test.c")
        self.bad(tidy.rule_layers, '#include "api/route.h"\n', "src/store/plan_test.c")

    def test_core(self):
        self.good(tidy.rule_core, '#include "base/str.h"\n#include "core/money.h"\n#include <string.h>\n')
        self.good(tidy.rule_core, '#include "base/env.h"\n', "src/app/plan.c")
        self.good(tidy.rule_core, "#include <math.h>\n", "src/core/experiment.c")
        for name in ('"base/env.h"', '"base/cx.h"', "<time.h>", "<math.h>", "<stdlib.h>"):
            self.bad(tidy.rule_core, f"#include {name}\n")

    def test_includes(self):
        self.good(tidy.rule_includes, '#include "core/money.h"\n#include <stdio.h>\n')
        self.bad(tidy.rule_includes, '#include "money.h"\n')
        self.bad(tidy.rule_includes, '#include "../base/str.h"\n')
        self.bad(tidy.rule_includes, "#include <base/str.h>\n")

    def test_file_length(self):
        self.good(tidy.rule_file_length, "\n" * 700)
        self.bad(tidy.rule_file_length, "\n" * 701)
        self.good(tidy.rule_file_length, "\n" * 150, "src/core/money.h")
        self.bad(tidy.rule_file_length, "\n" * 151, "src/core/money.h")

    def test_function_length(self):
        self.good(tidy.rule_function_length, "int f(void)\n{" + "\n" * 58 + "}\n")
        self.bad(tidy.rule_function_length, "int f(void)\n{" + "\n" * 59 + "}\n")
        self.bad(tidy.rule_function_length, "static struct a *g(int b, void (*c)(int)) {" + "\n" * 60 + "}\n")

    def test_parameters(self):
        self.good(tidy.rule_parameters, "int f(int a, int b, int c, int d, void (*e)(int, int)) {\n}\n")
        self.bad(tidy.rule_parameters, "int f(int a, int b, int c, int d, int e, int g) {\n}\n")

    def test_columns(self):
        self.good(tidy.rule_columns, "/*" + "x" * 96 + "*/\n")
        self.bad(tidy.rule_columns, "/*" + "x" * 97 + "*/\n")
        self.bad(tidy.rule_columns, "\tint a;\n")
        self.bad(tidy.rule_columns, "int a; \n")

    def test_goto(self):
        self.good(tidy.rule_goto, '/* goto */ const char *a = "goto";\n')
        self.bad(tidy.rule_goto, "void f(void) {\n    goto end;\n}\n")

    def test_banned_calls(self):
        self.good(tidy.rule_banned_calls, "int f(void) {\n    return snprintf(a, 1, b);\n}\n")
        for name in ("strcpy", "strcat", "sprintf", "vsprintf", "strtok", "atoi", "atol", "gets", "alloca", "system"):
            self.bad(tidy.rule_banned_calls, f"int f(void) {{\n    return {name} (a, b);\n}}\n")

    def test_raw_calls(self):
        for name in ("malloc", "calloc", "realloc", "free", "time", "rand", "random", "clock_gettime", "strdup"):
            text = f"int f(void) {{\n    return {name}(a);\n}}\n"
            self.bad(tidy.rule_raw_calls, text)
            self.good(tidy.rule_raw_calls, text, "src/base/env.c")
            self.good(tidy.rule_raw_calls, text, "src/core/money_test.c")
        self.good(tidy.rule_raw_calls, "int f(void) {\n    return env->free(a) + uv.time(b);\n}\n")

    def test_globals(self):
        self.good(tidy.rule_globals, "struct a;\nenum { B = 1 };\nstruct c {\n    int d;\n};\nint e(void);\n"
                  "typedef int f;\nstatic const int g[] = {1, 2};\nstatic_assert(1);\nint h(int i) {\n    int j = 1;\n}\n")
        self.bad(tidy.rule_globals, "static int count;\n")
        self.bad(tidy.rule_globals, "struct a b = {1};\n")
        self.bad(tidy.rule_globals, "static struct {\n    int a;\n} b;\n")

    def test_floating_point(self):
        self.good(tidy.rule_floating_point, "/* double 1.5 */ int a(void);\n")
        self.good(tidy.rule_floating_point, "double a(void);\n", "src/net/wait.c")
        self.bad(tidy.rule_floating_point, "double a(void);\n")
        self.bad(tidy.rule_floating_point, "int a(void) {\n    return b * 1.1;\n}\n", "src/app/plan.c")

    def test_sqlite(self):
        self.bad(tidy.rule_sqlite, "#include <sqlite3.h>\n", "src/store/plan.c")
        self.good(tidy.rule_sqlite, "#include <sqlite3.h>\n", "src/db/db.c")

    def test_sql(self):
        self.good(tidy.rule_sql, 'const char *a = "select a plan, then update your card";\n')
        self.bad(tidy.rule_sql, 'const char *a = "select a "\n    "from plans";\n')
        self.bad(tidy.rule_sql, 'const char *a = "PRAGMA user_version";\n')
        self.good(tidy.rule_sql, 'const char *a = "pragma user_version";\n', "src/db/db.c")

    def test_head(self):
        guarded = HEAD + "#ifndef CORE_MONEY_H\n#define CORE_MONEY_H\n#endif\n"
        self.good(tidy.rule_head, guarded, "src/core/money.h")
        self.good(tidy.rule_head, '#include "core/money.h"\n')
        self.bad(tidy.rule_head, "#include <stdio.h>\n")
        self.bad(tidy.rule_head, '#include "core/money.h"\n', "src/core/money_test.c")
        self.bad(tidy.rule_head, guarded, "src/core/coin.h")

    def test_marks(self):
        for mark in ("TO" "DO", "FIX" "ME", "XX" "X", "HA" "CK", "st" "ub", "not im" "plemented"):
            self.bad(tidy.rule_marks, f"/* {mark} */\n")
            self.bad(tidy.rule_marks, f"// {mark}\n", "ui/src/main.tsx")
            self.bad(tidy.rule_marks, f"#!/bin/sh\n# {mark}\n", "dev")
        self.good(tidy.rule_marks, "/* what is to be done */\n")

    def test_foreign_words(self):
        self.bad(tidy.rule_foreign_words, "see /wo" "rk/main\n", "docs/a.md")
        self.bad(tidy.rule_foreign_words, "see iss" "ue 12\n", "docs/a.md")
        self.good(tidy.rule_foreign_words, "a network/workflow\n", "docs/a.md")
        lock = '{"resolved": "https://npm.example.com/a/-/a-1.tgz"}\n'
        self.bad(tidy.rule_foreign_words, lock, "ui/package-lock.json")
        self.good(tidy.rule_foreign_words, '{"integrity": "sha512-abc"}\n', "ui/package-lock.json")

    def test_dead_sources(self):
        files = {"src/core/meson.build": BUILD, "src/core/money.c": "", "src/core/query/money.sql": ""}
        self.assertEqual(offenders(tidy.rule_dead_sources, files), [])
        for path in ("src/core/coin.c", "src/core/query/coin.sql", "src/core/coin_test.c", "src/app/money.c"):
            self.assertEqual(len(offenders(tidy.rule_dead_sources, {**files, path: ""})), 1, path)

    def test_dead_statements(self):
        files = {"src/store/query/plan.sql": "-- name: plan_get\n", "src/store/plan.c": "int a = Q_PLAN_GET;\n"}
        self.assertEqual(offenders(tidy.rule_dead_statements, files), [])
        files["src/store/query/plan.sql"] += "-- name: plan_put\n"
        self.assertEqual(len(offenders(tidy.rule_dead_statements, files)), 1)

    def test_dead_headers(self):
        files = {"src/core/money.h": "", "src/core/money.c": '#include "core/money.h"\n'}
        self.assertEqual(offenders(tidy.rule_dead_headers, files), [])
        self.assertEqual(len(offenders(tidy.rule_dead_headers, {**files, "src/core/coin.h": ""})), 1)

    def test_every_rule_has_a_test(self):
        tested = {name[len("test_"):] for name in dir(self) if name.startswith("test_")}
        self.assertEqual({rule.__name__[len("rule_"):] for rule in tidy.RULES} - tested, set())


class Reading(unittest.TestCase):
    def test_a_brace_in_a_literal_or_comment_is_not_code(self):
        functions, _ = c_source.outline("int f(void) {\n    a('{', \"{\"); /* { */ // {\n}\nint g(void) {\n}\n")
        self.assertEqual([(f.name, f.line, f.lines) for f in functions], [("f", 1, 3), ("g", 4, 2)])

    def test_macros_do_not_confuse(self):
        functions, _ = c_source.outline("#define A(x) \\\n    do { x; \\\n    } while (0)\nint f(void) {\n}\n")
        self.assertEqual([f.name for f in functions], ["f"])

    def test_attributes_and_multi_line_heads(self):
        functions, _ = c_source.outline("MUST_USE struct err\nf(int a,\n  int b)\n{\n}\n")
        self.assertEqual([(f.name, f.line, f.lines, f.parameters) for f in functions], [("f", 1, 5, 2)])


if __name__ == "__main__":
    unittest.main()
