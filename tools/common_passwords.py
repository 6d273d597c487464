#!/usr/bin/env python3
"""Turns a list of passwords, the most frequent first, into the table of src/proof/common_passwords.h.

    common_passwords.py LIST.txt OUT.c

Which of a million are worth their eight bytes: the most frequent of any length, because a guesser puts
digits behind them or writes them twice, and the most frequent of those that are long enough to be chosen
here. A list that is shorter than that is refused, so that a broken package cannot leave doors open."""
import hashlib
import os
import sys

OF_ANY_LENGTH = 20_000
LONG = 10_000
LONG_MIN = 12  # PASSWORD_CHARACTERS_MIN

HEAD = """#include "proof/common_passwords.h"

const uint64_t common_passwords[] = {
"""
TAIL = """};
const size_t common_password_count = sizeof common_passwords / sizeof common_passwords[0];
"""


class Bad(Exception):
    """The list cannot be used; the message says why."""


def fold(password):
    """ASCII letters in lower case, as src/proof/password_policy.c compares."""
    return password.lower() if password.isascii() else "".join(c.lower() if c.isascii() else c for c in password)


def choose(lines):
    """The passwords to refuse."""
    common, long = set(), set()
    for line in lines:
        password = fold(line.strip("\r\n"))
        if not password or not password.isprintable():
            continue
        if len(common) < OF_ANY_LENGTH:
            common.add(password)
        if len(long) < LONG and len(password) >= LONG_MIN:
            long.add(password)
        if len(common) == OF_ANY_LENGTH and len(long) == LONG:
            return common | long
    raise Bad(f"has {len(common)} passwords and {len(long)} of {LONG_MIN} characters or more: too few")


def number(password):
    return int.from_bytes(hashlib.sha256(password.encode()).digest()[:8], "big")


def table(passwords):
    numbers = sorted(number(p) for p in passwords)
    rows = (numbers[i:i + 4] for i in range(0, len(numbers), 4))
    return HEAD + "".join("    " + " ".join(f"0x{n:016x}," for n in row) + "\n" for row in rows) + TAIL


def main():
    source, target = sys.argv[1:]
    if not os.path.exists(source):
        sys.exit(f"{source} is not there: run ./dev setup run, which installs it")
    try:
        with open(source, encoding="utf-8", errors="surrogateescape") as file:
            text = table(choose(file))
    except Bad as bad:
        sys.exit(f"{source} {bad}")
    with open(target, "w", encoding="utf-8") as file:
        file.write(text)


if __name__ == "__main__":
    main()
