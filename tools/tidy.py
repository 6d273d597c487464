#!/usr/bin/env python3
"""Enforces what a machine can of STYLE.md and the layer table of ARCHITECTURE.md.

Each rule is a function over the tree that yields its offenders as "path:line: what is wrong"; the
report is TAP, one point a rule. tools/tidy_test.py plants an offender for each.

usage: tools/tidy.py [DIR]"""
import functools
import os
import re
import subprocess
import sys

import c_source

# A folder under src/ is a layer: in the order of the build, with what it may include beside itself.
LAYERS = {
    "base": set(),
    "core": {"base"},
    "proof": {"base"},
    "db": {"base"},
    "store": {"base", "core", "db"},
    "gate": {"base", "core"},
    "app": {"base", "core", "proof", "store", "gate"},
    "net": {"base"},
    "pdf": {"base"},
    "api": {"base", "core", "proof", "app", "net", "pdf"},
    "stripe": {"base", "core", "app", "net"},
    "mail": {"base", "core", "app", "net"},
    "sandbox": {"base", "net", "db", "pdf"},
    "jobs": {"base", "core", "app", "net"},
    "client": {"base", "net"},
    "edge": {"base", "core"},
    "cli": {"base", "net", "client"},
}
LAYERS["main"] = set(LAYERS)
ORDER = list(LAYERS)

# What core may see of base and of libc: what only computes. tools/pure.py proves the rest by symbols.
PURE = {f"base/{name}.h" for name in ("attr", "base64_exact", "check", "err", "int128", "limits", "prng", "rfc3339", "sha256",
                                          "str")} | {
    "assert.h", "inttypes.h", "limits.h", "stdatomic.h", "stdbool.h", "stddef.h", "stdint.h", "stdio.h", "string.h"}

PUBLIC_HEADERS = {"turnpike.h", "turnpike_take.h", "turnpike_types.h"}  # of include/

SOURCE_LINES_MAX = 700
HEADER_LINES_MAX = 150
FUNCTION_LINES_MAX = 60
PARAMETERS_MAX = 5
# Callbacks whose shape a library dictates.
PARAMETERS_DICTATED = {("src/net/http_tls.c", "choose_protocol")}  # OpenSSL, ALPN
COLUMNS_MAX = 100

BANNED = re.compile(r"\b(v?sprintf|strn?cpy|strn?cat|stpcpy|strtok(?:_r)?|ato[ifl]|atoll|gets|alloca|"
                    r"scanf|sscanf|system|popen|setjmp|longjmp)\s*\(")
RAW = re.compile(r"(?<![\w.>])(malloc|calloc|realloc|reallocarray|aligned_alloc|posix_memalign|strdup|"
                 r"strndup|asprintf|vasprintf|free|time|gettimeofday|clock_gettime|clock|rand|random|"
                 r"srand|srandom|rand_r|drand48|getrandom|arc4random|localtime|gmtime|mktime)\s*\(")
STATISTICS = re.compile("analytics|experiment")  # they say how sure one may be, never what is owed
FLOATING = re.compile(r"\b(float|double)\b|(?<![\w.])\d+\.\d*(?:[eE][-+]?\d+)?[fFlL]?\b")
SQL = re.compile(r"\b(select\b.+\bfrom|insert\s+(or\s+\w+\s+)?into|update\s+\w+\s+set|delete\s+from|"
                 r"(create|drop|alter)\s+(unique\s+)?(table|index|view|trigger)|pragma\s+\w+)\b", re.I | re.S)
# Spelled in pieces, so that this file does not offend against itself.
MARKS = re.compile(r"\b(" + "|".join(["TO" "DO", "FIX" "ME", "XX" "X", "HA" "CK", "st" "ub(?:bed)?",
                                      "not im" "plemented", "unim" "plemented"]) + r")\b", re.I)
FOREIGN = re.compile("|".join(["/wo" r"rk/(?!flows)", "/tm" "p/w/", r"/ho" r"me/\w", r"\.\./shar" "ed/(?!stripe|data)",
                               r"\biss" r"ue #?\d", "\\bcla" "ude\\b", "\\bchat" "gpt\\b", "\\bLL" "M\\b"]), re.I)

TEXT = (".c", ".h", ".ts", ".tsx", ".js", ".mjs", ".css", ".html", ".sql", ".sh", ".py", ".build", ".json",
        ".txt", ".md", ".yml", ".svg")
CODE = (".c", ".h", ".ts", ".tsx", ".js", ".mjs", ".css", ".html", ".sql", ".sh", ".py", ".build")


class Tree:
    """The project's own files, read once."""

    def __init__(self, root):
        self.root = root
        listed = subprocess.run(["git", "-C", root, "ls-files", "-co", "--exclude-standard"],
                                capture_output=True, text=True, check=True).stdout
        self.files = [f for f in listed.splitlines() if os.path.isfile(os.path.join(root, f))]
        self.c_files = [f for f in self.files if f.endswith((".c", ".h"))]
        self.product = [f for f in self.c_files if f.startswith(("src/", "include/")) and not is_for_tests(f)]
        self.builds = [f for f in self.files if os.path.basename(f) == "meson.build"]

    @functools.lru_cache(maxsize=None)
    def text(self, path):
        with open(os.path.join(self.root, path), encoding="utf-8", errors="replace") as file:
            return file.read()

    @functools.lru_cache(maxsize=None)
    def bare(self, path):
        return c_source.bare(self.text(path))

    @functools.lru_cache(maxsize=None)
    def outline(self, path):
        return c_source.outline(self.text(path))

    def lines(self, path):
        return enumerate(self.text(path).splitlines(), 1)

    def is_script(self, path):
        return os.path.splitext(path)[1] == "" and self.text(path).startswith("#!")


def is_test(path):
    return path.endswith("_test.c")


def is_for_tests(path):
    """Tests and what only they use: fixtures and helpers."""
    return is_test(path) or re.search(r"(_fixture|/testing|/test_\w+)\.[ch]$", path) is not None


def layer_of(path):
    parts = path.split("/")
    return parts[1] if parts[0] == "src" and len(parts) > 2 else None


def matches(tree, paths, pattern, what, text_of=None):
    for path in paths:
        text = (text_of or tree.bare)(path)
        for match in pattern.finditer(text):
            yield f"{path}:{c_source.line_of(text, match.start())}: {what} {match[1] if match.groups() else match[0]}"


# --- rules ----------------------------------------------------------------------------------------


def rule_layers(tree):
    """a layer includes only what the layer table allows"""
    for path in tree.c_files:
        layer = layer_of(path)
        if layer is None:
            continue
        if layer not in LAYERS:
            yield f"{path}:1: src/{layer} is not in the layer table"
            continue
        allowed = set(ORDER[:ORDER.index(layer)]) if is_test(path) else LAYERS[layer]
        for line, is_system, name in c_source.includes(tree.text(path)):
            other = name.split("/")[0]
            if not is_system and other in LAYERS and other != layer and other not in allowed:
                yield f"{path}:{line}: {layer} includes {name}"


def rule_core(tree):
    """core sees no world: of base and libc it includes only what computes"""
    for path in tree.product:
        if layer_of(path) == "core":
            for line, _, name in c_source.includes(tree.text(path)):
                computes = name in PURE or name == "math.h" and STATISTICS.search(path)
                if not computes and not name.startswith("core/"):
                    yield f"{path}:{line}: include of {name}"


def rule_includes(tree):
    """our headers are included as "layer/file.h", others in angle brackets"""
    for path in tree.c_files:
        for line, is_system, name in c_source.includes(tree.text(path)):
            is_ours = name.split("/")[0] in {*LAYERS, "bench", "examples"} and "/" in name or name in PUBLIC_HEADERS
            if ".." in name.split("/") or is_system == is_ours:
                yield f"{path}:{line}: include of {name}"


def rule_file_length(tree):
    """a source file has at most 700 lines, a header 150"""
    for path in tree.c_files:
        limit = HEADER_LINES_MAX if path.endswith(".h") else SOURCE_LINES_MAX
        lines = tree.text(path).count("\n")
        if lines > limit:
            yield f"{path}:{limit + 1}: {lines} lines"


def rule_function_length(tree):
    """a function has at most 60 lines"""
    for path in tree.c_files:
        for function in tree.outline(path)[0]:
            if function.lines > FUNCTION_LINES_MAX:
                yield f"{path}:{function.line}: {function.name} has {function.lines} lines"


def rule_parameters(tree):
    """a function has at most 5 parameters"""
    for path in tree.c_files:
        for function in tree.outline(path)[0]:
            if function.parameters > PARAMETERS_MAX and (path, function.name) not in PARAMETERS_DICTATED:
                yield f"{path}:{function.line}: {function.name} has {function.parameters} parameters"


def rule_columns(tree):
    """a line of C has at most 100 columns"""
    for path in tree.c_files:
        for number, line in tree.lines(path):
            if len(line) > COLUMNS_MAX or "\t" in line or line != line.rstrip():
                yield f"{path}:{number}: {len(line)} columns, a tab, or a blank at the end"


def rule_goto(tree):
    """no goto"""
    yield from matches(tree, tree.c_files, re.compile(r"\bgoto\b"), "has")


def rule_banned_calls(tree):
    """no unbounded or shell-starting libc calls"""
    yield from matches(tree, tree.c_files, BANNED, "calls")


def rule_raw_calls(tree):
    """memory, time and randomness come from base"""
    paths = [f for f in tree.product if layer_of(f) != "base"]
    yield from matches(tree, paths, RAW, "calls")


def rule_globals(tree):
    """nothing at file scope but const tables"""
    for path in tree.product:
        for declaration in tree.outline(path)[1]:
            text = declaration.text.split("=")[0]
            is_variable = not re.match(r"(?:__extension__ )?(typedef|static_assert|_Static_assert|_Pragma)\b", text) and "(" not in text \
                and not re.fullmatch(r"(struct|union|enum)( \w+)?( \{\})?( \w*PACKED\w*)?\s*", text)
            if is_variable and not re.search(r"\bconst\b", text):
                yield f"{path}:{declaration.line}: {text.strip()}"


def rule_floating_point(tree):
    """no floating point in core, store, app"""
    paths = [f for f in tree.c_files if layer_of(f) in ("core", "store", "app")
             and not STATISTICS.search(f)]
    yield from matches(tree, paths, FLOATING, "uses")


def rule_sqlite(tree):
    """sqlite3.h is seen by src/db alone"""
    for path in tree.c_files:
        for line, _, name in c_source.includes(tree.text(path)):
            if name.startswith("sqlite3") and layer_of(path) != "db":
                yield f"{path}:{line}: include of {name}"


def rule_sql(tree):
    """SQL lives in .sql files; src/db, which drives the engine, has its own pragmas"""
    for path in tree.product:
        if layer_of(path) == "db":
            continue
        for line, text in c_source.strings(tree.text(path)):
            if SQL.search(text):
                yield f"{path}:{line}: SQL in a string: {text[:40]}"


def rule_head(tree):
    """the top of a file, or of its own header, says what it is; a header is guarded by its path"""
    for path in tree.c_files:
        text = tree.text(path)
        own = f'#include "{re.sub("^src/", "", path)[:-2]}.h"'
        if not text.startswith(("/*", own)):
            yield f"{path}:1: begins neither with a comment nor with its own header"
        guard = re.sub(r"\W", "_", re.sub(r"^(src|include)/", "", path)).upper()
        if path.endswith(".h") and f"#ifndef {guard}\n#define {guard}\n" not in text:
            yield f"{path}:1: is not guarded by {guard}"


def rule_marks(tree):
    """nothing is left for later in a comment"""
    for path in tree.files:
        if path.endswith(CODE) or tree.is_script(path):
            yield from matches(tree, [path], MARKS, "has", tree.text)


def rule_foreign_words(tree):
    """the project speaks of itself alone; lock files name hashes, not hosts"""
    for path in tree.files:
        if path.endswith("package-lock.json"):
            yield from matches(tree, [path], re.compile(r'"resolved": "([^"]*)'), "comes from", tree.text)
        elif path.endswith(TEXT) or tree.is_script(path):
            yield from matches(tree, [path], FOREIGN, "names", tree.text)


def rule_dead_sources(tree):
    """every .c is in a meson.build, every .sql too"""
    for path in tree.files:
        if not path.endswith((".c", ".sql")):
            continue
        stem = re.sub(r"(_test)?\.\w+$", "", os.path.basename(path))
        is_named = False
        for build in tree.builds:
            folder = os.path.dirname(build)
            if not folder or path.startswith(folder + "/"):
                name = os.path.relpath(path, folder or ".")
                wanted = {f"'{name}'"} | ({f"'{stem}'"} if is_test(path) else set())
                is_named = is_named or any(word in tree.text(build) for word in wanted)
        if not is_named:
            yield f"{path}:1: is in no meson.build"


def rule_dead_statements(tree):
    """every named SQL statement is used by its id"""
    code = " ".join(tree.bare(path) for path in tree.product)
    used = {word.split("_", 1)[1].lower() for word in re.findall(r"\b[A-Z0-9]+_[A-Z0-9_]+\b", code)}
    for path in tree.files:
        if path.startswith("src/") and path.endswith(".sql") and "/testdata/" not in path:
            for match in re.finditer(r"^-- name: (\w+)", tree.text(path), re.M):
                if match[1] not in used:
                    yield f"{path}:{c_source.line_of(tree.text(path), match.start())}: nobody uses {match[1]}"


def rule_dead_headers(tree):
    """every header is included by some other file"""
    included = {name for path in tree.c_files for _, _, name in c_source.includes(tree.text(path))}
    for path in tree.c_files:
        if path.startswith("src/") and path.endswith(".h") and path[len("src/"):] not in included:
            yield f"{path}:1: nobody includes it"


RULES = [rule for name, rule in list(globals().items()) if name.startswith("rule_")]


def main():
    os.chdir(sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
    tree = Tree(".")
    print(f"1..{len(RULES)}")
    is_tidy = True
    for number, rule in enumerate(RULES, 1):
        offenders = list(rule(tree))
        is_tidy = is_tidy and not offenders
        print(f"{'not ok' if offenders else 'ok'} {number} - {rule.__doc__}")
        for offender in offenders:
            print(f"# {offender}")
    sys.exit(not is_tidy)


if __name__ == "__main__":
    main()
