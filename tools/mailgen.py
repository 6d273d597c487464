#!/usr/bin/env python3
"""Turns the templates of mails into C tables for src/mail/template.h.

    mailgen.py src/app/mail_kind.h OUT.c FILE...

A template is src/mail/template/<kind>.<language>.txt:

    subject: {{product}}: receipt for {{amount}}
    summary: What a list of mails shows beside the subject.
    why: Why this person gets it.

    # A heading
    A paragraph, over as many
    lines as it takes, up to a blank one.

    | Invoice | {{invoiceNumber}} |
    {{#if payUrl}}
    => Pay now: {{payUrl}}
    {{/if}}
    => Change the card: {{billingUrl}}/payment-methods
    ~ What is said in small letters.

`{{#if x}}…{{else}}…{{/if}}` asks whether a value is there (a flag: whether it is true), inside a line or,
on lines of its own, around blocks. There is nothing else. footer.<language>.txt stands under every mail;
layout.html has the HTML of each kind of block under lines `== name ==`.

Which values a kind has says src/app/mail_kind.h. A template that shows another, or shows without asking
one that may be absent, is refused here; so is a kind that lacks a template in one of the languages."""
import os
import pathlib
import re
import sys

LANGUAGES = ["en", "de"]  # in the order of enum language
TYPES = ["text", "money", "count", "metric", "quantity", "instant", "date", "url", "flag", "plan", "interval",
         "decline"]
BESIDE = {"money": "currency", "quantity": "metric"}  # what such a value is shown by
COMMON = "product:text name:text billingUrl:url pricingUrl:url"  # of every kind
FOOTER = "why:text product:text billingUrl:url? unsubscribeUrl:url? contact:text? legal:text?"
LAYOUT = "language:text subject:text summary:text product:text first:text second:text"
PARTS = ["head", "heading", "paragraph", "rows_begin", "row", "rows_end", "button", "more", "rule", "small", "link", "foot"]
TAG = re.compile(r"(\{\{.*?\}\})")


class Bad(Exception):
    """A template that cannot be; the message says where and why."""


def read(path):
    return pathlib.Path(path).read_text(encoding="utf-8")


def read_schema(text, where):
    schema = {}
    for word in text.split():
        match = re.fullmatch(r"(\w+):(\w+)(\??)", word)
        if not match or match[2] not in TYPES:
            raise Bad(f"{where}: {word} is no name:type")
        if match[1] in schema:
            raise Bad(f"{where}: {match[1]} is there twice")
        schema[match[1]] = (match[2], bool(match[3]))
    for name, (kind, _) in schema.items():
        if kind in BESIDE and BESIDE[kind] not in schema:
            raise Bad(f"{where}: {name} needs {BESIDE[kind]} beside it")
    return schema


def read_kinds(path):
    """word -> (enumerator, schema), in the header's order. What kinds share stands in a header beside it."""
    text, shared = (read(file).replace("\\\n", " ") for file in (path, path.replace(".h", "_values.h")))
    macros = dict(re.findall(r"^#define (MAIL_\w+) +((?:\"[^\"]*\" *)+)$", shared, re.M))
    kinds = {}
    for enumerator, word, _, values in re.findall(r"X\((\w+), \"(\w+)\", (DUE|OWED|OPTIONAL|PERSONAL|ALERT),((?:\s*(?:MAIL_\w+|\"[^\"]*\"))*)\)", text):
        parts = [macros[p] if p.startswith("MAIL_") else p for p in re.findall(r"MAIL_\w+|\"[^\"]*\"", values)]
        spec = "".join("".join(re.findall(r"\"([^\"]*)\"", part)) for part in parts)
        kinds[word] = (enumerator, read_schema(f"{COMMON} {spec}", f"{path}: {word}"))
    if not kinds:
        raise Bad(f"{path}: no kinds")
    return kinds


class Program:
    """The operations of one template, with the conditions that stand open."""

    def __init__(self, schema, where):
        self.schema, self.names, self.where = schema, list(schema), where
        self.ops, self.open, self.is_in_block = [], [], False

    def op(self, kind, value=0, text=None):
        self.ops.append([kind, value, 0, text])

    def tag(self, name):
        if name.startswith("#if "):
            self.begin_if(name[4:].strip())
        elif name == "else":
            self.begin_else()
        elif name == "/if":
            self.end_if()
        else:
            self.show(name)

    def lookup(self, name):
        if name not in self.schema:
            raise Bad(f"{self.where}: there is no value {name}; there are {', '.join(self.names)}")
        return self.names.index(name)

    def begin_if(self, name):
        self.op("IF", self.lookup(name))
        self.open.append({"name": name, "at": len(self.ops) - 1, "has_else": False, "block": self.is_in_block})

    def begin_else(self):
        if not self.open or self.open[-1]["has_else"]:
            raise Bad(f"{self.where}: else without if")
        self.op("JUMP")
        self.ops[self.open[-1]["at"]][2] = len(self.ops)
        self.open[-1].update(at=len(self.ops) - 1, has_else=True)

    def end_if(self):
        if not self.open or self.open[-1]["block"] != self.is_in_block:
            raise Bad(f"{self.where}: /if without if")
        self.ops[self.open.pop()["at"]][2] = len(self.ops)

    def show(self, name):
        at = self.lookup(name)
        kind, is_optional = self.schema[name]
        if kind == "flag":
            raise Bad(f"{self.where}: {name} is a flag; ask it with #if")
        if is_optional and not any(o["name"] == name and not o["has_else"] for o in self.open):
            raise Bad(f"{self.where}: {name} may be absent; ask first: {{{{#if {name}}}}}")
        self.op("VALUE", at)

    def line(self, text):
        for piece in TAG.split(text):
            if piece.startswith("{{"):
                self.tag(piece[2:-2].strip())
            elif piece:
                if "{" in piece or "}" in piece:
                    raise Bad(f"{self.where}: a brace that is no tag: {piece.strip()}")
                self.op("TEXT", text=piece)

    def block(self, kind, first, second=None):
        self.op("BEGIN", f"MAIL_{kind}")
        self.is_in_block = True
        depth = len(self.open)
        self.line(first)
        if second is not None:
            self.op("NEXT")
            self.line(second)
        if len(self.open) != depth:
            raise Bad(f"{self.where}: an #if that no /if ends in: {first}")
        self.is_in_block = False
        self.op("END")

    def finish(self):
        if self.open:
            raise Bad(f"{self.where}: an #if that no /if ends")
        return self.ops


def one_line(schema, text, where):
    program = Program(schema, where)
    program.line(text)
    return program.finish()


def blocks(schema, text, where):
    program, paragraph = Program(schema, where), []

    def flush():
        if paragraph:
            program.block("PARAGRAPH", " ".join(paragraph))
            paragraph.clear()

    for line in [*text.splitlines(), ""]:
        line = line.strip()
        row = re.fullmatch(r"\| (.*?) \| (.*?) \|", line)
        button = re.fullmatch(r"=> (.*): (\{\{\w+\}\}[\w/-]*)", line)
        is_tag = re.fullmatch(r"\{\{(#if \w+|else|/if)\}\}", line)
        if line and not (row or button or is_tag) and line[0] not in "#~|=":
            paragraph.append(line)
            continue
        flush()
        if row:
            program.block("ROW", row[1], row[2])
        elif button:
            program.block("BUTTON", button[1], button[2])
        elif is_tag:
            program.line(line)
        elif line.startswith(("# ", "~ ")):
            program.block("HEADING" if line[0] == "#" else "SMALL", line[2:])
        elif line:
            raise Bad(f"{where}: what is this line: {line}")
    return program.finish()


def read_template(path, schema):
    head, _, body = read(path).partition("\n\n")
    fields = dict(re.findall(r"^(\w+): (.+)$", head, re.M))
    if list(fields) != ["subject", "summary", "why"]:
        raise Bad(f"{path}: begins with subject, summary and why, a line each, then a blank one")
    programs = {name: one_line(schema, text, f"{path}: {name}") for name, text in fields.items()}
    return {**programs, "body": blocks(schema, body, path)}


def read_layout(path):
    parts = re.split(r"^== (\w+) ==\n", read(path), flags=re.M)
    found = dict(zip(parts[1::2], parts[2::2]))
    if list(found) != PARTS:
        raise Bad(f"{path}: has the parts {', '.join(PARTS)}, in this order")
    schema = read_schema(LAYOUT, path)
    programs = {}
    for name, text in found.items():
        program = Program(schema, f"{path}: {name}")
        text = text.strip() if name == "link" else text  # stands in a line
        for piece in TAG.split(re.sub(r"\n\s*", "\n", text)):
            if piece.startswith("{{"):
                program.tag(piece[2:-2].strip())
            elif piece:
                program.op("TEXT", text=piece)
        programs[name] = program.finish()
    return programs


# --- writing --------------------------------------------------------------------------------------


def c_text(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


class Writer:
    def __init__(self):
        self.lines, self.count = ['#include "mail/template.h"', ""], 0

    def program(self, ops):
        """Writes the operations under a name of their own and gives the initialiser."""
        if not ops:
            return "{NULL, 0}"
        self.count += 1
        name = f"ops_{self.count}"
        self.lines.append(f"static const struct mail_op {name}[] = {{")
        for kind, value, target, text in ops:
            self.lines.append(f"    {{MAIL_OP_{kind}, {value}, {target}, {c_text(text) if text is not None else 'NULL'}}},")
        self.lines.append("};")
        return f"{{{name}, {len(ops)}}}"

    def schema(self, schema, name):
        self.lines.append(f"static const struct mail_value_spec {name}[] = {{")
        for word, (kind, is_optional) in schema.items():
            self.lines.append(f'    {{"{word}", MAIL_TYPE_{kind.upper()}, {"true" if is_optional else "false"}}},')
        self.lines.append("};")
        return f"{{{name}, {len(schema)}}}"

    def table(self, declaration, rows):
        self.lines += [f"const {declaration} = {{", *rows, "};", ""]


def generate(kinds, files):
    writer = Writer()
    schemas, templates = [], []
    for word, (enumerator, schema) in kinds.items():
        schemas.append(f"    [MAIL_KIND_{enumerator}] = {writer.schema(schema, f'values_{word}')},")
        languages = []
        for language in LANGUAGES:
            path = files.pop(f"{word}.{language}.txt", None)
            if path is None:
                raise Bad(f"{word}.{language}.txt is missing")
            programs = {name: writer.program(ops) for name, ops in read_template(path, schema).items()}
            members = ", ".join(f".{name} = {value}" for name, value in programs.items())
            languages.append(f"        [LANGUAGE_{language.upper()}] = {{{members}}},")
        templates += [f"    [MAIL_KIND_{enumerator}] = {{", *languages, "    },"]
    footer = read_schema(FOOTER, "footer")
    footers = [f"    [LANGUAGE_{language.upper()}] = "
               + writer.program(blocks(footer, read(files[f"footer.{language}.txt"]),
                                       files.pop(f"footer.{language}.txt"))) + "," for language in LANGUAGES]
    footer_schema = writer.schema(footer, "values_footer")
    layout = [f"    [MAIL_PART_{name.upper()}] = {writer.program(ops)}," for name, ops in
              read_layout(files.pop("layout.html")).items()]
    if files:
        raise Bad(f"no kind of mail has {', '.join(files)}")
    writer.table("struct mail_schema mail_schemas[MAIL_KIND_COUNT]", schemas)
    writer.table("struct mail_template mail_templates[MAIL_KIND_COUNT][LANGUAGE_COUNT]", templates)
    writer.lines.append(f"const struct mail_schema mail_footer_schema = {footer_schema};")
    writer.table("struct mail_program mail_footers[LANGUAGE_COUNT]", footers)
    writer.table("struct mail_program mail_layout[MAIL_PART_COUNT]", layout)
    return "\n".join(writer.lines)


def main():
    header, out, *paths = sys.argv[1:]
    try:
        text = generate(read_kinds(header), {os.path.basename(path): path for path in paths})
    except (Bad, KeyError) as bad:
        sys.exit(f"mailgen: {bad}")
    with open(out, "w", encoding="utf-8") as file:
        file.write(text)


if __name__ == "__main__":
    main()
