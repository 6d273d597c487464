"""Tables of docs/reference that name tests: which they name, and whether those are there."""
import json
import os
import re

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
TEST = re.compile(r"`([^`]+)`: \"([^\"]+)\"")


def read(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as file:
        return file.read()


def is_there(path, name):
    """Whether the file has a test of that name; how tests are named depends on the language."""
    if not os.path.exists(os.path.join(ROOT, path)):
        return False
    text = read(path)
    if path.endswith((".mjs", ".ts")):
        return re.search(r"(?:test|it|journey)(?:\.each\(.*?\))?\(\s*([\"'`])" + re.escape(name) + r"\1", text) is not None or (
            json.dumps(name) in text)
    if path.endswith("_test.c"):
        return re.search(rf"\b{re.escape(name)}\b", text.split("int main(void)")[-1]) is not None
    if path.endswith("_test.py"):
        return re.search(rf"def {re.escape(name)}\(", text) is not None
    return name in text
