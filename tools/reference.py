#!/usr/bin/env python3
"""Writes docs/reference from what the program itself says, so that the pages cannot drift: states and
errors and routes from its tables, the schema from its migrations. tools/reference_test.py compares
what is written here with what lies there.

usage: tools/reference.py [--build DIR]"""
import argparse
import json
import os
import re
import subprocess

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
FOLDER = os.path.join(ROOT, "docs", "reference")
SCHEMA = os.path.join(ROOT, "src", "store", "schema")


def printed_by(build, program, *arguments):
    path = os.path.join(build, "docs", program)
    return subprocess.run([path, *arguments], capture_output=True, text=True, check=True).stdout


# --- the schema -----------------------------------------------------------------------------------

WORDS = {"{int}": "integer", "{text}": "text", "{blob}": "blob", "{strict}": "strict"}
TABLE = re.compile(r"((?:^--[^\n]*\n)*)^create table (\w+) \(\n(.*?)^\)", re.M | re.S)
SECTION = re.compile(r"^-- --- (.*) ---$", re.M)
RENAME = re.compile(r"^alter table (\w+) rename to (\w+);", re.M)
INDEX = re.compile(r"^create (unique )?index (\w+) on (\w+) \(([^)]*)\)(?: where ([^;]*))?;", re.M)


def plain(text):
    for word, means in WORDS.items():
        text = text.replace(word, means)
    return text


def comment_of(lines):
    """The sentences right above a table."""
    return " ".join(line[2:].strip() for line in lines.splitlines())


def columns_of(body):
    for line in body.splitlines():
        line = plain(line.strip().rstrip(","))
        if not line:
            continue
        if line.startswith("primary key"):
            yield None, line
        else:
            name, kind = line.split(" ", 1)
            yield name, kind


def print_table(name, comment, body, indexes):
    yield f"### {name}\n"
    if comment:
        yield f"{comment}\n"
    yield "| column | type |\n|---|---|"
    notes = []
    for column, kind in columns_of(body):
        if column is None:
            notes.append(kind.capitalize())
        else:
            yield f"| `{column}` | {kind} |"
    for is_unique, index, _, columns, where in indexes:
        notes.append(f"{'Unique index' if is_unique else 'Index'} `{index}` ({columns})"
                     + (f" where {where}" if where else ""))
    if notes:
        yield "\n" + "; ".join(notes) + "."
    yield ""


def schema_page():
    lines = ["# Schema\n\nPrinted from `src/store/schema`; `./dev docs` writes it anew. The rules behind it are in "
             "[the decision](../decisions/schema.md). Instants are milliseconds UTC, money is minor units, "
             "0 and 1 are the booleans.\n"]
    for name in sorted(os.listdir(SCHEMA)):
        with open(os.path.join(SCHEMA, name), encoding="utf-8") as file:
            text = file.read()
        lines.append(f"Migration `{name}`.\n")
        indexes = INDEX.findall(text)
        renamed = dict(RENAME.findall(text))  # a table that takes the place of another
        at = 0
        for match in TABLE.finditer(text):
            lines += [f"## {section[0].upper()}{section[1:]}\n"
                      for section in SECTION.findall(text[at:match.start()])]
            at = match.end()
            table = renamed.get(match[2], match[2])
            own = [index for index in indexes if index[2] == table]
            lines += print_table(table, comment_of(match[1]), match[3], own)
    return "\n".join(lines).rstrip() + "\n"


# --- the API --------------------------------------------------------------------------------------


REFERENCE = re.compile(r"#/components/schemas/(\w+)(?:/properties/(\w+))?$")


def name_of(schema):
    """A schema in a few words: its name, or its type. A member of a shape is named by the shape."""
    if "$ref" in schema:
        shape, member = REFERENCE.match(schema["$ref"]).groups()
        return f"[{shape}](#{shape.lower()})" + (f".{member}" if member else "")
    if "enum" in schema:
        return " \\| ".join(f"`{json.dumps(value)}`" for value in schema["enum"])
    if "const" in schema:
        return f"`{json.dumps(schema['const'])}`"
    for word in ("oneOf", "anyOf"):
        if word in schema:
            return " or ".join(name_of(one) for one in schema[word])
    kind = schema.get("type", "any")
    kinds = kind if isinstance(kind, list) else [kind]
    if "array" in kinds:
        return f"list of {name_of(schema.get('items', {}))}"
    if schema.get("format") == "date-time":
        kinds = ["instant" if one == "string" else one for one in kinds]
    return " or ".join(kinds)


def cell(text):
    return text.replace("|", "\\|").replace("\n", " ")


def print_body(body):
    for kind, media in body.get("content", {}).items():
        yield f"`{kind}`: {name_of(media.get('schema', {}))}"


# What any request may be refused with before its handler is asked, and what the disk may do to any change.
COMMON = {"body_too_large", "body_unexpected", "cross_site", "customer_required", "internal", "invalid_fields",
          "invalid_idempotency_key", "invalid_query", "key_invalid", "key_missing", "malformed_json", "malformed_url", "not_a_page",
          "scope_missing", "session_expired", "session_missing", "store_busy", "store_failed", "store_full",
          "wrong_content_type"}


def print_refusals(responses):
    codes = [f"`{code}` ({status})" for status, answer in responses.items()
             for code in answer.get("x-codes", []) if code not in COMMON]
    if codes:
        yield "- Refused with " + ", ".join(codes)


def print_operation(path, method, operation):
    yield f"### {method.upper()} {path}\n"
    yield operation["summary"] + "." + (f" {operation['description']}" if operation.get("description") else "") + "\n"
    if operation.get("x-scopes"):
        yield "- Scopes: " + " or ".join(f"`{scope}`" for scope in operation["x-scopes"])
    for parameter in operation.get("parameters", []):
        needed = ", required" if parameter.get("required") else ""
        yield f"- `{parameter['name']}` ({parameter['in']}{needed}): {parameter.get('description', '')}"
    if "requestBody" in operation:
        yield f"- Body: {' or '.join(print_body(operation['requestBody']))}"
    for status, answer in operation["responses"].items():
        if status[0] in "23":
            body = " or ".join(print_body(answer))
            yield f"- **{status}** {answer['description']}" + (f": {body}" if body else "")
    yield from print_refusals(operation["responses"])
    yield ""


def print_schema(name, schema):
    yield f"### {name}\n"
    if schema.get("description"):
        yield schema["description"] + ".\n"
    if "properties" not in schema:
        yield name_of(schema) + "\n"
        return
    required = schema.get("required", [])
    yield "| member | type | meaning |\n|---|---|---|"
    for member, of in schema["properties"].items():
        mark = "" if member in required else " (optional)"
        yield f"| `{member}`{mark} | {name_of(of)} | {cell(of.get('description', ''))} |"
    yield ""


def api_page(document):
    lines = ["# API\n\nPrinted from the route table; `./dev docs` writes it anew. A running server has the same as "
             "OpenAPI 3.1 at `/api/openapi.json`. What any request may be refused with is left out here: it is in "
             "[errors](errors.md).\n"]
    tags = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if isinstance(operation, dict) and "responses" in operation:
                tags.setdefault(operation.get("tags", ["other"])[0], []).append((path, method, operation))
    for tag, operations in tags.items():
        lines.append(f"## {tag[0].upper()}{tag[1:]}\n")
        for path, method, operation in operations:
            lines += print_operation(path, method, operation)
    lines.append("## Shapes\n")
    for name, schema in document.get("components", {}).get("schemas", {}).items():
        lines += print_schema(name, schema)
    return "\n".join(lines).rstrip() + "\n"


# --- webhooks -------------------------------------------------------------------------------------


def webhooks_page(document):
    lines = ["# Webhooks\n\nWhat is sent to webhook endpoints, printed from the table in "
             "`src/app/billing_event_type.c`; `./dev docs` writes it anew. How to receive it is in "
             "[the guide](../guide/webhooks.md).\n\nEvery message is `{\"type\", \"timestamp\", \"data\"}`, and "
             "`data` has `id` (the event's, as in `GET /api/billing/events`), `userId` (null: of no customer), "
             "`description` (for people), `amount` (`{\"amount\", \"currency\"}` in minor units, or null) and "
             "`metadata`, as the type says. `/api/openapi.json` has a JSON Schema for each.\n",
             "| type | when | amount | metadata |\n|---|---|---|---|"]
    for name, methods in document["webhooks"].items():
        schema = methods["post"]["requestBody"]["content"]["application/json"]["schema"]
        data = schema["properties"]["data"]["properties"]
        members = data["metadata"]["properties"].items()
        metadata = ", ".join(f"`{member}` ({name_of(of)})" for member, of in members)
        lines.append(f"| `{name}` | {cell(methods['post']['summary'])} | "
                     f"{cell(data['amount'].get('description', ''))} | {metadata} |")
    return "\n".join(lines) + "\n"


# --- all of it ------------------------------------------------------------------------------------


def pages(build):
    """File name and text of every page of docs/reference that is printed."""
    document = json.loads(printed_by(build, "docs_api", "openapi"))
    return {
        "api.md": api_page(document),
        "differences.md": printed_by(build, "docs_differences"),
        "errors.md": printed_by(build, "docs_api", "errors"),
        "headers.md": printed_by(build, "docs_headers"),
        "schema.md": schema_page(),
        "permissions.md": printed_by(build, "docs_permissions"),
        "states.md": printed_by(build, "docs_states"),
        "webhooks.md": webhooks_page(document),
    }


def main():
    parser = argparse.ArgumentParser(prog="reference", description=__doc__.splitlines()[0])
    parser.add_argument("--build", default=os.path.join(ROOT, "build"), help="the build folder")
    os.makedirs(FOLDER, exist_ok=True)
    for name, text in pages(parser.parse_args().build).items():
        with open(os.path.join(FOLDER, name), "w", encoding="utf-8") as file:
            file.write(text)


if __name__ == "__main__":
    main()
