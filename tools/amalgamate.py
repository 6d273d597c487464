#!/usr/bin/env python3
"""Writes libturnpike as one C file: turnpike.c, which with the headers of include/ is all that a program needs.

Sources follow one another in the given order, each header once, where it is first included. Names that
are for the library alone are renamed by a table at the top, so that they cannot meet the host's, and
hidden; functions private to a file must have names of their own in the whole. Both libraries are built
from this file: what is released is what is tested.

usage: tools/amalgamate.py --version V --output FILE SOURCE..."""
import argparse
import os
import re
import sys

import c_source

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PUBLIC = {"turnpike.h", "turnpike_take.h", "turnpike_types.h"}
PREFIX = "turnpike_private_"

HEAD = """/* libturnpike {version}: the in-process gate of Turnpike in one file. Generated from the project's sources.
 *
 *     cc -O2 -c turnpike.c $(pkg-config --cflags libcurl jansson)
 *     cc ... turnpike.o $(pkg-config --libs libcurl jansson) -pthread
 *
 * turnpike.h and the two that it includes say what its functions promise. C17, for Linux, gcc or clang. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#define TURNPIKE_VERSION "{version}"
#pragma GCC visibility push(default)
#include "turnpike.h"
#pragma GCC visibility pop
#pragma GCC visibility push(hidden)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"

"""


def read(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as text:
        return text.read()


class Amalgam:
    def __init__(self):
        self.seen = set()  # headers, ours and the system's
        self.private = {}  # static function -> its file
        self.exported = set()
        self.parts = []

    def add(self, path):
        text = read(path)
        functions, _ = c_source.outline(text)
        for function in functions:
            self.note(path, text, function.name)
        lines = []
        code = c_source.without_comments(text).splitlines()
        for line, bare in zip(text.splitlines(), code):
            match = c_source.INCLUDE.match(bare)
            if match:
                if lines:
                    self.parts.append("\n".join(lines))
                    lines = []
                self.include(match[1] == "<", match[2])
            else:
                lines.append(line)
        self.parts.append("\n".join(lines))

    def note(self, path, text, name):
        if not re.search(rf"^static\b[^;{{}}]*\b{name}\(", text, re.M):
            self.exported.add(name)
        elif path.endswith(".c"):
            if self.private.get(name, path) != path:
                sys.exit(f"amalgamate: {name}() is private to both {self.private[name]} and {path}")
            self.private[name] = path

    def include(self, is_system, name):
        if name in self.seen or name in PUBLIC:
            return
        self.seen.add(name)
        if is_system:
            self.parts.append(f"#pragma GCC visibility push(default)\n#include <{name}>\n#pragma GCC visibility pop")
        else:
            self.add(f"src/{name}")

    def text(self, version):
        clash = sorted(self.exported & set(self.private))
        if clash:
            sys.exit(f"amalgamate: {clash[0]}() is private in {self.private[clash[0]]} and not elsewhere")
        names = sorted(name for name in self.exported if not name.startswith("turnpike_"))
        renamed = "".join(f"#define {name} {PREFIX}{name}\n" for name in names)
        body = "\n".join(part.strip("\n") for part in self.parts if part.strip())
        return HEAD.format(version=version) + renamed + "\n" + body + "\n\n#pragma GCC diagnostic pop\n#pragma GCC visibility pop\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--version", required=True)
    parser.add_argument("--output", required=True)
    parser.add_argument("sources", nargs="+", metavar="SOURCE")
    arguments = parser.parse_args()
    amalgam = Amalgam()
    for source in arguments.sources:
        amalgam.add(os.path.relpath(os.path.abspath(source), ROOT))
    with open(arguments.output, "w", encoding="utf-8") as out:
        out.write(amalgam.text(arguments.version))


if __name__ == "__main__":
    main()
