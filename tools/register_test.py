"""Guards: the record of processing activities names every sealed table, and each once."""
import os
import re
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def text_of(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as file:
        return file.read()


def sealed(text):
    return re.findall(r"^const struct sealed_table (sealed_\w+) = \{", text, re.M)


def registered(text):
    return re.findall(r"\{&(sealed_\w+), RETENTION_", text)


class Register(unittest.TestCase):
    def test_every_sealed_table_has_an_entry(self):
        tables = sealed(text_of("src/store/sealed.c"))
        self.assertGreater(len(tables), 30)
        self.assertEqual(sorted(registered(text_of("src/app/register.c"))), sorted(tables),
                         "a sealed table belongs into one activity of src/app/register.c")

    def test_one_that_is_missing_is_found(self):
        self.assertEqual(sealed("const struct sealed_table sealed_x = {\n"), ["sealed_x"])
        self.assertEqual(registered("{&sealed_x, RETENTION_MAILS, NULL},"), ["sealed_x"])


if __name__ == "__main__":
    unittest.main()
