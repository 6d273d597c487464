#!/usr/bin/env python3
"""Proves that no name is defined in two layers.

Layers are static libraries: where two of them define the same function, the linker takes whichever it
meets first and says nothing.

usage: tools/names.py BUILD_DIR     prints TAP, one point a layer"""
import collections
import glob
import os
import re
import subprocess
import sys


def defined(archive):
    """The names that an archive's objects give to others."""
    listing = subprocess.run(["nm", "--defined-only", "--extern-only", os.path.basename(archive)],
                             cwd=os.path.dirname(archive), capture_output=True, text=True, check=True).stdout
    return {match[1] for match in re.finditer(r" [TDBR] (\S+)$", listing, re.M)}


def main():
    build = sys.argv[1] if len(sys.argv) > 1 else "build"
    layers = {os.path.basename(os.path.dirname(path)): defined(path)
              for path in sorted(glob.glob(os.path.join(build, "src", "*", "lib*.a")))
              if os.path.basename(path) == f"lib{os.path.basename(os.path.dirname(path))}.a"}
    owners = collections.defaultdict(list)
    for layer, names in layers.items():
        for name in names:
            owners[name].append(layer)
    print(f"1..{len(layers)}")
    is_bad = False
    for number, (layer, names) in enumerate(layers.items(), 1):
        shared = sorted(name for name in names if len(owners[name]) > 1)
        is_bad = is_bad or bool(shared)
        print(f"{'not ok' if shared else 'ok'} {number} - {layer} has its names to itself")
        for name in shared:
            print(f"# {name} is also in {', '.join(o for o in owners[name] if o != layer)}")
    sys.exit(is_bad or not layers)


if __name__ == "__main__":
    main()
