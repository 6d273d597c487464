#!/usr/bin/env python3
"""Proves that `core`, and the node and the counters of `edge`, are pure: nothing in them can reach a system call.

Follows the symbols that their objects need, as the linker would: into core itself, into the objects of
base that define them, and from there on. What is left must be in the list of functions of libc and libsodium
that only compute. A file, a clock, randomness, a lock or malloc would show up as a symbol that is not.

usage: tools/pure.py BUILD_DIR     prints TAP, one point an object"""
import collections
import os
import re
import subprocess
import sys

COMPUTES = re.compile(
    r"mem(cpy|move|set|cmp|chr|rchr)|str(len|nlen|cmp|ncmp|chr|rchr)|v?snprintf|__v?snprintf_chk|bsearch|"
    r"crypto_hash_sha256(_init|_update|_final)?|crypto_auth_hmacsha256(_init|_update|_final)|"
    r"sodium_(bin2base64|base642bin|memzero)|(ceil|erfc|exp|fabs|fmin|lgamma_r|log|log1p|sqrt)|"
    r"__(mem(cpy|move|set))_chk|__stack_chk_fail|__u?(div|mod|divmod)ti[34]|__mulo?ti4|_GLOBAL_OFFSET_TABLE_")
# A bug is reported and ends the process: the one way out that core has.
ABORTS = {"check.c.o": re.compile(r"abort|(__)?fprintf(_chk)?|fputs|fwrite|stderr")}
# What of `edge` decides and counts; the rest of it speaks to the world.
PURE_OF_EDGE = re.compile(r"(counter|take|node(_\w+)?)\.c\.o")


def objects(build, layer):
    """Object name -> (symbols it defines, symbols it needs)."""
    folder = os.path.join(build, "src", layer)
    archive = os.path.join(folder, f"lib{layer}.a")
    if not os.path.exists(archive):
        return {}
    listing = subprocess.run(["nm", "-A", f"lib{layer}.a"], cwd=folder, capture_output=True, text=True,
                             check=True).stdout
    found = collections.defaultdict(lambda: (set(), set()))
    for line in listing.splitlines():
        name = re.split(r"[:/]", line.split(".o:")[0] + ".o")[-1]
        match = re.search(r" ([A-Za-z]) (\S+)$", line)
        if match and match[1] in "UwWvVTDBRtdbr":
            found[name][match[1] in "Uw"].add(match[2])
    return dict(found)


def impurities(core, base):
    """(object, symbol) pairs that must not be reachable."""
    home = {symbol: name for name, (defined, _) in {**base, **core}.items() for symbol in defined}
    everything = {**base, **core}
    waiting, seen = list(core), set(core)
    while waiting:
        name = waiting.pop()
        for symbol in sorted(everything[name][1]):
            other = home.get(symbol)
            if other is None:
                allowed = COMPUTES.fullmatch(symbol) or name in ABORTS and ABORTS[name].fullmatch(symbol)
                if not allowed:
                    yield name, symbol
            elif other not in seen:
                seen.add(other)
                waiting.append(other)


def main():
    build = sys.argv[1] if len(sys.argv) > 1 else "build"
    core, base = objects(build, "core"), objects(build, "base")
    edge = {name: needs for name, needs in objects(build, "edge").items() if PURE_OF_EDGE.fullmatch(name)}
    found = collections.defaultdict(list)
    for name, symbol in impurities({**core, **edge}, base):
        found[name].append(symbol)
    points = sorted(set(core) | set(edge) | set(found))
    print(f"1..{len(points)}")
    for number, name in enumerate(points, 1):
        print(f"{'not ok' if name in found else 'ok'} {number} - {name} makes no system call")
        for symbol in found[name]:
            print(f"# needs {symbol}")
    sys.exit(bool(found) or not core or not edge)


if __name__ == "__main__":
    main()
