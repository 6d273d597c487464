"""Guards the embedding of the pages: what the program serves is, byte for byte, what the page build wrote."""

import hashlib
import pathlib
import subprocess
import sys
import tempfile
import unittest

TOOL = pathlib.Path(__file__).resolve().parent.parent / "tools" / "embed_ui.py"

# Prints each entry with its bodies in hexadecimal, so that the test can compare them with the files.
PROGRAM = """
#include <stdio.h>
#include "assets.h"
static void body(const struct ui_body *it) {
    printf("|%s:", it->etag ? it->etag : "");
    for (size_t i = 0; i < it->length; i++) printf("%02x", it->bytes[i]);
}
int main(void) {
    for (size_t i = 0; i < ui_asset_count; i++) {
        const struct ui_asset *it = &ui_assets[i];
        printf("%s|%s|%d", it->path, it->content_type, it->immutable);
        body(&it->identity);
        body(&it->gzip);
        body(&it->brotli);
        printf("\\n");
    }
    return 0;
}
"""


class EmbedUiTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        self.dist = self.root / "dist"

    def write(self, path, data):
        file = self.dist / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)

    def embed(self):
        outputs = [str(self.root / name) for name in ("bytes.S", "table.c", "assets.h")]
        command = [sys.executable, str(TOOL), "--depfile", str(self.root / "assets.d"), str(self.dist), *outputs]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    def entries(self):
        done = self.embed()
        self.assertEqual(done.returncode, 0, done.stderr)
        (self.root / "main.c").write_text(PROGRAM)
        command = ["cc", "-Wall", "-Wextra", "-Werror", "main.c", "table.c", "bytes.S", "-o", "program"]
        subprocess.run(command, cwd=self.root, check=True)
        output = subprocess.run([str(self.root / "program")], capture_output=True, text=True, check=True).stdout
        return [line.split("|") for line in output.splitlines()]

    @staticmethod
    def body(data):
        return f'"{hashlib.sha256(data).hexdigest()[:32]}":{data.hex()}'

    def test_every_body_comes_out_as_it_went_in(self):
        self.write("pricing.html", b"<p>\x00 nul and \xff high</p>")
        self.write("assets/main-4f0c2b1a.js", b"let a;")
        self.write("assets/main-4f0c2b1a.js.gz", b"\x1f\x8bgz")
        self.write("assets/main-4f0c2b1a.js.br", b"\x0bbr")
        self.assertEqual(self.entries(), [
            ["/assets/main-4f0c2b1a.js", "text/javascript; charset=utf-8", "1", self.body(b"let a;"), self.body(b"\x1f\x8bgz"), self.body(b"\x0bbr")],
            ["/pricing.html", "text/html; charset=utf-8", "0", self.body(b"<p>\x00 nul and \xff high</p>"), ":", ":"],
        ])

    def test_only_hashed_names_are_immutable(self):
        for path in ("favicon.svg", "assets/plain.js", "assets/x-short.js", "assets/x-abcd_-12.css"):
            self.write(path, b"x")
        immutable = {entry[0]: entry[2] for entry in self.entries()}
        self.assertEqual(immutable, {"/favicon.svg": "0", "/assets/plain.js": "0", "/assets/x-short.js": "0", "/assets/x-abcd_-12.css": "1"})

    def test_without_a_build_the_table_is_empty(self):
        self.assertEqual(self.entries(), [])

    def test_an_unknown_type_is_refused_by_name(self):
        self.write("movie.xyz", b"x")
        done = self.embed()
        self.assertEqual(done.returncode, 1)
        self.assertIn("movie.xyz", done.stderr)
        self.assertIn("expected one of .css", done.stderr)

    def test_a_strange_name_is_refused(self):
        self.write('a"b.js', b"x")
        done = self.embed()
        self.assertEqual(done.returncode, 1)
        self.assertIn("expected a name of", done.stderr)

    def test_the_depfile_names_what_was_read(self):
        self.write("pricing.html", b"x")
        self.embed()
        rule = (self.root / "assets.d").read_text()
        self.assertIn(str((self.dist / "pricing.html").resolve()), rule)
        self.assertIn(str(self.root.resolve()), rule.split(": ", 1)[1].split())


if __name__ == "__main__":
    unittest.main()
