"""Guards: the list of what the program is made of has everything that is linked, loaded and delivered, with versions."""
import json
import os
import re
import unittest

import sbom

BUILD = os.environ.get("TURNPIKE_BUILD", os.path.join(sbom.ROOT, "build"))
PROGRAM = os.path.join(BUILD, "turnpike")


class Sbom(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.bill = sbom.bill(PROGRAM)
        cls.parts = {part["name"]: part for part in cls.bill["components"]}

    def test_everything_that_is_linked_is_listed(self):
        for path, package in sbom.packages_of(sbom.linked(PROGRAM)).items():
            self.assertIn(package, self.parts, path)
        for name in ("node-llhttp", "libsqlite3-0", "libsodium23", "libssl3", "libuv1"):
            self.assertRegex(self.parts[name]["purl"], rf"^pkg:deb/debian/{name}@[^?]+\?arch=\w+$")

    def test_what_is_loaded_later_is_too(self):
        self.assertIn("libcurl4", self.parts)
        self.assertIn("libpangocairo-1.0-0", self.parts)
        self.assertIn("libcairo2", self.parts, "with what it needs itself")

    def test_what_pages_are_made_of(self):
        with open(os.path.join(sbom.ROOT, "ui/package.json"), encoding="utf-8") as file:
            for name, version in json.load(file)["dependencies"].items():
                self.assertEqual(self.parts[name]["version"], version)
                self.assertRegex(self.parts[name]["hashes"][0]["content"], r"^[0-9a-f]{128}$")
        self.assertNotIn("vite", self.parts, "what only builds is no part")

    def test_the_document_is_cyclonedx_and_the_same_twice(self):
        self.assertEqual((self.bill["bomFormat"], self.bill["specVersion"], self.bill["version"]), ("CycloneDX", "1.5", 1))
        self.assertRegex(self.bill["serialNumber"], r"^urn:uuid:[0-9a-f-]{36}$")
        refs = [part["bom-ref"] for part in self.bill["components"]]
        self.assertEqual(len(set(refs)), len(refs))
        self.assertEqual(self.bill["dependencies"], [{"ref": "turnpike", "dependsOn": refs}])
        self.assertEqual(sbom.bill(PROGRAM), self.bill)
        self.assertFalse(re.search(r"https?://(?!cyclonedx)", json.dumps(self.bill)), "no registry's host")


if __name__ == "__main__":
    unittest.main()
