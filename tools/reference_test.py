"""Guards: docs/reference says what the program says now, and no link in the documentation leads nowhere."""
import os
import re
import subprocess
import unittest

import reference

BUILD = os.environ.get("TURNPIKE_BUILD", os.path.join(reference.ROOT, "build"))
LINK = re.compile(r"\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```.*?^```", re.M | re.S)


def headings(text):
    """The anchors of a page, as GitHub makes them."""
    for title in re.findall(r"^#+ (.*)$", FENCE.sub("", text), re.M):
        yield re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def broken_links(path):
    """Relative links of a page whose file or anchor is not there."""
    for target in LINK.findall(FENCE.sub("", read(path))):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        file = os.path.normpath(os.path.join(os.path.dirname(path), name)) if name else path
        if not os.path.exists(file) or (anchor and anchor not in headings(read(file))):
            yield f"{os.path.relpath(path, reference.ROOT)}: {target}"


def documents():
    listed = subprocess.run(["git", "-C", reference.ROOT, "ls-files", "-co", "--exclude-standard", "*.md"],
                            capture_output=True, text=True, check=True).stdout.splitlines()
    return [os.path.join(reference.ROOT, name) for name in listed if os.path.exists(os.path.join(reference.ROOT, name))]


class Reference(unittest.TestCase):
    maxDiff = 2000

    def test_every_printed_page_is_what_the_program_prints_now(self):
        for name, text in reference.pages(BUILD).items():
            with self.subTest(name):
                self.assertEqual(read(os.path.join(reference.FOLDER, name)), text, "run ./dev docs")


class Links(unittest.TestCase):
    def test_every_relative_link_leads_somewhere(self):
        self.assertEqual([], [bad for path in documents() for bad in broken_links(path)])

    def test_a_link_to_a_missing_file_or_anchor_is_found(self):
        path = os.path.join(reference.ROOT, "README.md")
        text = "[a](no/such.md) [b](README.md#no-such-heading) [c](https://example.com/x)"
        old, globals()["read"] = read, lambda file: text if file == path else old(file)
        try:
            self.assertEqual(2, len(list(broken_links(path))))
        finally:
            globals()["read"] = old


class Schema(unittest.TestCase):
    def test_every_table_of_the_migrations_has_its_heading(self):
        page = reference.schema_page()
        for name in os.listdir(reference.SCHEMA):
            text = read(os.path.join(reference.SCHEMA, name))
            renamed = dict(reference.RENAME.findall(text))
            for table in re.findall(r"^create table (\w+)", text, re.M):
                self.assertIn(f"### {renamed.get(table, table)}\n", page)


if __name__ == "__main__":
    unittest.main()
