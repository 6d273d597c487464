"""How the results of a bench run look: lines on a terminal, a page of Markdown, and a plot."""
import html
import math

# --- words ----------------------------------------------------------------------------------------


def figure_text(value):
    """Four digits that matter, with separators."""
    if value is None:
        return "-"
    if value == 0 or abs(value) >= 1000:
        return f"{float(f'{value:.4g}'):,.0f}"
    text = f"{value:.{max(0, 3 - math.floor(math.log10(abs(value))))}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def span_text(row, low, high):
    return f"{figure_text(row[low])} – {figure_text(row[high])}" if low in row and row.get("rounds", 1) > 1 else ""


def ratio_text(value):
    return "-" if value is None else f"{value:.2f}x" if value < 100 else f"{value:,.0f}x"


def goal_text(row):
    """The goal in words: "≥ 0.85x", "≤ 3 s"."""
    words = []
    for what, bounds in row.get("goal", {}).items():
        for side, sign in (("min", "≥"), ("max", "≤")):
            if side in bounds:
                unit = "x" if what == "ratio" else unit_text(row["unit"])
                words.append(f"{sign} {figure_text(bounds[side])}{unit}")
    return ", ".join(words)


def floor_text(row):
    return f"{ratio_text(row['ofFloor'])} of {figure_text(row['floor'])}" if "floor" in row else ""


def unit_text(unit):
    return unit if unit.startswith("/") or unit == "" else f" {unit}"


def verdict(row):
    return "" if "goal" not in row else "met" if row["isMet"] else "missed"


def head_line():
    return f"{'':<62} {'figure':>12} {'unit':<9} {'reference':>12} {'ratio':>8}  goal"


def line(row):
    goal = f"{goal_text(row)} {verdict(row)}".strip()
    return (f"{row['name']:<62} {figure_text(row['figure']):>12} {row['unit']:<9} {figure_text(row['reference']):>12} "
            f"{ratio_text(row['ratio']):>8}  {goal}").rstrip()


def counts(report):
    rows = [row for section in report["sections"] for row in section["rows"]]
    judged = [row for row in rows if "goal" in row]
    return len(rows), len(judged), sum(row["isMet"] for row in judged)


def closing(report):
    figures, judged, met = counts(report)
    lines = [f"no figure for: {name}" for name in report["missing"]]
    return "\n".join([*lines, f"{figures} figures, {met} of {judged} goals met"])


def machine_lines(machine):
    """What is known of the machine, as (word, value)."""
    sync = machine["syncMilliseconds"]
    kind = ", virtual" if machine["isVirtual"] else ""
    yield "processor", f"{machine['processor']}, {machine['cores']} cores{kind}, cache {machine['cache'] or 'unknown'}"
    yield "governor", machine["governor"] or "not told by the system"
    yield "memory", f"{machine['memoryGigabytes']} GB"
    yield "system", f"{machine['system']}, {machine['kernel']}"
    yield "disk", (f"{machine['fileSystem']}; 4 KB appended and synced in {sync['p50']} ms (median), "
                   f"{sync['p99']} ms (p99), {sync['p99.9']} ms (p99.9)")
    yield "load before", str(machine["loadBefore"])
    for name, version in machine["versions"].items():
        yield name, version


def machine_text(machine):
    return "\n".join(f"{name:<12} {value}" for name, value in machine_lines(machine))


# --- Markdown -------------------------------------------------------------------------------------


def cell(text):
    return text.replace("|", "\\|")


def markdown_row(row, has_floors):
    reference = figure_text(row["reference"]) + (f" ({row['than']})" if "than" in row else "")
    mark = {"met": "yes", "missed": "**no**", "": ""}[verdict(row)]
    spans = [span_text(row, "low", "high"), span_text(row, "referenceLow", "referenceHigh")]
    cells = [row["name"], f"{figure_text(row['figure'])} {row['unit']}", spans[0], reference, spans[1],
             ratio_text(row["ratio"]), goal_text(row), mark, *([floor_text(row)] if has_floors else [])]
    return "| " + " | ".join(cell(text) for text in cells) + " |"


def markdown(report, stem):
    figures, judged, met = counts(report)
    lines = [f"# Bench of {report['date']}", "",
             f"{figures} figures; {met} of {judged} goals met. Medians of rounds that took turns with their "
             "references; the span is the least and the most of the rounds. [How to read it](../README.md).", "",
             f"![The figures beside their references]({stem}.svg)", ""]
    for section in report["sections"]:
        has_floors = any("floor" in row for row in section["rows"])
        lines += [f"## {section['title']}", "", *([section["note"], ""] if "note" in section else []),
                  "| what | figure | span | reference | span | ratio | goal | met |" + (" of the floor |" if has_floors else ""),
                  "|---|--:|--:|--:|--:|--:|--:|---|" + ("--:|" if has_floors else ""),
                  *(markdown_row(row, has_floors) for row in section["rows"]), ""]
    if report["missing"]:
        lines += ["## Not measured", "", *(f"- {name}" for name in report["missing"]), ""]
    lines += ["## The machine", "", "| | |", "|---|---|"]
    lines += [f"| {name} | {cell(value)} |" for name, value in machine_lines(report["machine"])]
    return "\n".join([*lines, f"| load after | {report['loadAfter']} |"]) + "\n"


# --- the plot -------------------------------------------------------------------------------------

WIDTH, LEFT, RIGHT = 1120, 400, 210  # names stand left of the bars, numbers right of them
BAR, ROW, HEAD, NOTE, AXIS = 9, 34, 44, 18, 26
LOG_FROM = 20  # times: what lies further apart is drawn on a logarithmic axis

STYLE = """
  svg { color-scheme: light dark; background: #ffffff; }
  text { font: 13px system-ui, -apple-system, "Segoe UI", sans-serif; fill: #1f2430; }
  .title { font-size: 20px; font-weight: 600; }
  .section { font-size: 15px; font-weight: 600; }
  .small, .tick { font-size: 11px; fill: #5b6472; }
  .figure { fill: #2563b0; }
  .reference { fill: #aeb6c2; }
  .span { stroke: #10243e; stroke-width: 1; }
  .goal { stroke: #c2410c; stroke-width: 2.5; }
  .floor { stroke: #6d28d9; stroke-width: 2; stroke-dasharray: 3 2; }
  .grid { stroke: #e3e6eb; stroke-width: 1; }
  .met { fill: #15703c; }
  .missed { fill: #b42318; font-weight: 600; }
  @media (prefers-color-scheme: dark) {
    svg { background: #14171c; }
    text { fill: #e7eaf0; }
    .small, .tick { fill: #9aa4b2; }
    .figure { fill: #5b9df0; }
    .reference { fill: #566070; }
    .span { stroke: #f2f5fa; }
    .goal { stroke: #fb923c; }
    .floor { stroke: #c4a5ff; }
    .grid { stroke: #2b313b; }
    .met { fill: #5fc98a; }
    .missed { fill: #ff8f85; }
  }
"""


class Axis:
    """From values to where they are drawn: all that share a unit within a section share it."""

    def __init__(self, values):
        least, most = min(values), max(values)
        self.is_log = least > 0 and most / least > LOG_FROM
        self.low = 10 ** math.floor(math.log10(least) - 0.2) if self.is_log else 0
        self.high = max(most, 0) * (1.6 if self.is_log else 1.08) or 1

    def x(self, value):
        value = max(value, self.low)
        if self.is_log:
            share = math.log(value / self.low) / math.log(self.high / self.low)
        else:
            share = value / self.high
        return LEFT + share * (WIDTH - LEFT - RIGHT)

    def ticks(self):
        if self.is_log:
            first, last = round(math.log10(self.low)), math.floor(math.log10(self.high))
            return [10.0 ** power for power in range(first, last + 1)]
        step = 10 ** math.floor(math.log10(self.high))
        step = next(step * part for part in (0.1, 0.2, 0.5, 1, 2) if self.high / (step * part) <= 6)
        return [step * i for i in range(int(self.high / step) + 1)]


def goal_values(row):
    """Where the goal lies in the figure's own unit."""
    for what, bounds in row.get("goal", {}).items():
        for bound in bounds.values():
            if what == "figure":
                yield bound
            elif row["reference"]:
                yield bound * row["reference"]


def drawn(row):
    """All values of a row that its axis must hold."""
    values = [row["figure"], row["reference"], *goal_values(row)]
    values += [row.get(key) for key in ("low", "high", "referenceLow", "referenceHigh", "floor")]
    return [value for value in values if value]


def text(x, y, words, kind="", anchor="start"):
    attributes = (f' class="{kind}"' if kind else "") + (f' text-anchor="{anchor}"' if anchor != "start" else "")
    return f'<text x="{x:.1f}" y="{y:.1f}"{attributes}>{html.escape(words)}</text>'


def bar(axis, y, value, kind):
    return f'<rect class="{kind}" x="{LEFT}" y="{y:.1f}" width="{max(axis.x(value) - LEFT, 1):.1f}" height="{BAR}" rx="1.5"/>'


def mark(x, top, bottom, kind):
    return f'<line class="{kind}" x1="{x:.1f}" y1="{top:.1f}" x2="{x:.1f}" y2="{bottom:.1f}"/>'


def span(axis, y, row, low, high):
    if low not in row or high not in row or not row[low]:
        return []
    left, right, middle = axis.x(row[low]), axis.x(row[high]), y + BAR / 2
    return [f'<line class="span" x1="{left:.1f}" y1="{middle:.1f}" x2="{right:.1f}" y2="{middle:.1f}"/>',
            mark(left, middle - 2.5, middle + 2.5, "span"), mark(right, middle - 2.5, middle + 2.5, "span")]


def shortened(words, most=60):
    return words if len(words) <= most else words[:most - 1] + "…"


def svg_row(axis, y, row):
    parts = [text(LEFT - 10, y + 13, shortened(row["name"]), anchor="end")]
    if "than" in row:
        parts.append(text(LEFT - 10, y + 26, f"beside {shortened(row['than'])}", "small", "end"))
    if row["figure"] is not None:
        parts += [bar(axis, y + 4, row["figure"], "figure"), *span(axis, y + 4, row, "low", "high")]
    if row["reference"]:
        parts += [bar(axis, y + 5 + BAR, row["reference"], "reference"),
                  *span(axis, y + 5 + BAR, row, "referenceLow", "referenceHigh")]
    parts += [mark(axis.x(value), y + 1, y + 8 + 2 * BAR, "goal") for value in goal_values(row)]
    parts += [mark(axis.x(row["floor"]), y + 1, y + 8 + 2 * BAR, "floor")] if "floor" in row else []
    numbers = f"{figure_text(row['figure'])}{unit_text(row['unit'])}" + (f"  {ratio_text(row['ratio'])}" if row["ratio"] else "")
    parts.append(text(WIDTH - RIGHT + 14, y + 13, numbers))
    if "goal" in row:
        sign = {"met": "✓", "missed": "✗"}[verdict(row)]
        parts.append(text(WIDTH - RIGHT + 14, y + 27, f"{sign} {goal_text(row)}", f"small {verdict(row)}"))
    return parts


def svg_group(y, rows):
    """Rows of one unit over their axis; the parts, and where they end."""
    axis = Axis([value for row in rows for value in drawn(row)] or [1])
    bottom = y + ROW * len(rows)
    parts = []
    for value in axis.ticks():
        parts += [mark(axis.x(value), y, bottom, "grid"),
                  text(axis.x(value), bottom + 14, figure_text(value), "tick", "middle")]
    for i, row in enumerate(rows):
        parts += svg_row(axis, y + ROW * i, row)
    scale = f"{rows[0]['unit']}{', logarithmic' if axis.is_log else ''}"
    parts.append(text(LEFT - 24, bottom + 14, scale, "tick", "end"))
    return parts, bottom + AXIS


def by_unit(rows):
    groups = {}
    for row in rows:
        groups.setdefault(row["unit"], []).append(row)
    return groups.values()


def legend(y):
    return [f'<rect class="figure" x="24" y="{y - 9}" width="22" height="{BAR}" rx="1.5"/>', text(52, y, "the figure"),
            f'<rect class="reference" x="134" y="{y - 9}" width="22" height="{BAR}" rx="1.5"/>',
            text(162, y, "the reference, in the same run"), mark(384, y - 13, y + 3, "goal"), text(394, y, "the goal"),
            f'<line class="span" x1="470" y1="{y - 4}" x2="494" y2="{y - 4}"/>', mark(470, y - 7, y - 1, "span"),
            mark(494, y - 7, y - 1, "span"), text(502, y, "least and most of the rounds"),
            mark(706, y - 13, y + 3, "floor"), text(716, y, "the floor: a server that does nothing else")]


def svg(report):
    machine = report["machine"]
    figures, judged, met = counts(report)
    sub = (f"{report['date']} · {machine['processor']}, {machine['cores']} cores · {machine['kernel']} · "
           f"{met} of {judged} goals met")
    parts = [text(24, 36, "Turnpike beside its references", "title"), text(24, 58, sub, "small"), *legend(84)]
    y = 96
    for section in report["sections"]:
        parts.append(text(24, y + 28, section["title"], "section"))
        if "note" in section:
            y += NOTE
            parts.append(text(24, y + 28, section["note"], "small"))
        y += HEAD
        for rows in by_unit(section["rows"]):
            more, y = svg_group(y, rows)
            parts += more
            y += 8
    head = (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y + 16}" width="{WIDTH}" height="{y + 16}" '
            f'role="img" aria-label="{figures} figures of Turnpike beside their references">')
    return "\n".join([head, f"<style>{STYLE}</style>", *parts, "</svg>"]) + "\n"
