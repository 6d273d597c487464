"""Guards that a template which could go wrong when a mail is due does not get into the program."""
import os
import re
import tempfile
import unittest

import mailgen

SCHEMA = mailgen.read_schema("amount:money currency:text reason:text? isNew:flag?", "test")


def refusal(text):
    """Why a body is refused; None when it is not."""
    try:
        mailgen.blocks(SCHEMA, text, "test")
    except mailgen.Bad as bad:
        return str(bad)
    return None


class Templates(unittest.TestCase):
    def test_what_is_well_formed_is_taken(self):
        for text in ("# Head\nText {{amount}}\nand more.\n\n| Sum | {{amount}} |\n=> Go: {{currency}}\n~ Small",
                     "{{#if reason}}\n| Why | {{reason}} |\n{{else}}\nNo reason.\n{{/if}}",
                     "Sum{{#if reason}}, because {{reason}}{{/if}}.", "{{#if isNew}}New.{{/if}}"):
            self.assertIsNone(refusal(text), text)

    def test_each_mistake_is_named(self):
        for text, reason in (
                ("{{colour}}", "there is no value colour"),
                ("{{reason}}", "reason may be absent"),
                ("{{#if reason}}a{{else}}{{reason}}{{/if}}", "reason may be absent"),
                ("{{isNew}}", "isNew is a flag"),
                ("{{#if reason}}a", "an #if that no /if ends"),
                ("a{{/if}}", "/if without if"),
                ("a{{else}}b", "else without if"),
                ("{{#if reason}}a{{else}}b{{else}}c{{/if}}", "else without if"),
                ("{{#if reason}}\na {{/if}} b", "/if without if"),
                ("{amount}", "a brace that is no tag"),
                ("| a |", "what is this line"),
                ("=> Go: nowhere", "what is this line")):
            self.assertIn(reason, refusal(text) or "taken", text)

    def test_jumps_lead_behind_what_is_left_out(self):
        ops = mailgen.one_line(SCHEMA, "{{#if reason}}A{{else}}B{{/if}}C", "test")
        self.assertEqual([(kind, target) for kind, _, target, _ in ops],
                         [("IF", 3), ("TEXT", 0), ("JUMP", 4), ("TEXT", 0), ("TEXT", 0)])


class Schemas(unittest.TestCase):
    def test_a_value_without_what_it_is_shown_by_is_refused(self):
        for text in ("amount:money", "used:quantity", "a:colour", "a:text a:text", "a"):
            with self.assertRaises(mailgen.Bad, msg=text):
                mailgen.read_schema(text, "test")

    def test_the_kinds_are_those_of_the_header(self):
        header = os.path.join(os.path.dirname(mailgen.__file__), "../src/app/mail_kind.h")
        kinds = mailgen.read_kinds(header)
        self.assertEqual(len(kinds), len(re.findall(r"^    X\(", mailgen.read(header), re.M)))
        self.assertEqual(kinds["receipt"][1]["amount"], ("money", False))

    def test_a_kind_without_a_template_stops_the_build(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "receipt.en.txt")
            with open(path, "w", encoding="utf-8") as file:
                file.write("subject: a\nsummary: b\nwhy: c\n\nText.\n")
            with self.assertRaisesRegex(mailgen.Bad, "receipt.de.txt is missing"):
                mailgen.generate({"receipt": ("RECEIPT", SCHEMA)}, {"receipt.en.txt": path})


if __name__ == "__main__":
    unittest.main()
