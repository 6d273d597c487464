"""Reads C just far enough for tools/tidy.py: where comments, literals and directives are, which
functions a file defines, how long they are, and what is declared at file scope.

Not a parser of C: it counts on the shape that clang-format gives and on code that compiles."""
import dataclasses
import re

TOKEN = re.compile(r"//[^\n]*|/\*.*?\*/|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])+'", re.S)
DIRECTIVE = re.compile(r"^[ \t]*#(?:\\\n|[^\n])*", re.M)
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"\n]+)[>"]', re.M)


@dataclasses.dataclass(frozen=True)
class Function:
    name: str
    line: int  # of the first word of its definition
    lines: int  # to the closing brace, both counted
    parameters: int


@dataclasses.dataclass(frozen=True)
class Declaration:
    line: int
    text: str  # what is between braces is left out, spaces are single


def line_of(text, position):
    return text.count("\n", 0, position) + 1


def spaces(text):
    """As long as `text` and with its line ends, but empty."""
    return re.sub(r"[^\n]", " ", text)


def without_comments(text):
    return TOKEN.sub(lambda m: spaces(m[0]) if m[0].startswith("/") else m[0], text)


def bare(text):
    """Code alone: comments and the insides of literals are spaces; places stay the same."""

    def blank(match):
        token = match[0]
        return spaces(token) if token.startswith("/") else token[0] + spaces(token[1:-1]) + token[-1]

    return TOKEN.sub(blank, text)


def includes(text):
    """(line, is_system, path) of each include."""
    for match in INCLUDE.finditer(without_comments(text)):
        yield line_of(text, match.start()), match[1] == "<", match[2]


def strings(text):
    """(line, content) of each string; neighbours that the compiler joins are joined."""
    code = DIRECTIVE.sub(lambda m: spaces(m[0]) if "include" in m[0] else m[0], without_comments(text))
    for match in re.finditer(r'"(?:\\.|[^"\\\n])*"(?:\s*"(?:\\.|[^"\\\n])*")*', code):
        yield line_of(text, match.start()), re.sub(r'"\s*"', "", match[0])[1:-1]


def last_call(head):
    """Name and argument text of the parentheses that end `head`, or None."""
    if not head.endswith(")"):
        return None
    depth = 0
    for at in range(len(head) - 1, -1, -1):
        depth += {")": 1, "(": -1}.get(head[at], 0)
        if depth == 0:
            name = re.search(r"([A-Za-z_]\w*)\s*$", head[:at])
            return (name[1], head[at + 1:-1]) if name else None
    return None


def count_parameters(arguments):
    if arguments.strip() in ("", "void"):
        return 0
    depth = count = 0
    for char in arguments:
        depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(char, 0)
        count += char == "," and depth == 0
    return count + 1


def outline(text):
    """The functions and the other declarations at file scope of a C file."""
    code = DIRECTIVE.sub(lambda m: spaces(m[0]), bare(text))
    functions, declarations = [], []
    depth, start, head, call = 0, 0, "", None
    for match in re.finditer(r"[{};]", code):
        at, char = match.start(), match[0]
        if char == "{":
            if depth == 0:
                if not head.strip():
                    begun = start + len(code[start:at]) - len(code[start:at].lstrip())
                head += code[start:at]
                call = None if "=" in head else last_call(head.rstrip())
                opened = at
            depth += 1
        elif char == "}":
            depth -= 1
            if depth == 0 and call:
                line = line_of(code, begun)
                functions.append(Function(call[0], line, line_of(code, at) - line + 1,
                                          count_parameters(call[1])))
                head, start = "", at + 1
            elif depth == 0:
                head, start = head + " {} ", at + 1
        elif depth == 0:
            whole = head + code[start:at]
            if whole.strip():
                declarations.append(Declaration(line_of(code, at), " ".join(whole.split())))
            head, start = "", at + 1
    return functions, declarations
