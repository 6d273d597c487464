/* What the API knows of itself that is evidence: which header fields protect which answers, what of
 * PCI DSS holds, and how the pages reached browsers when they were compared last. */
#include "api/evidence_sources.h"

#include "api/headers.h"
#include "api/pci.h"
#include "app/page_scan.h"
#include "base/rfc3339.h"

#define PLAIN(name, doc)                                                                           \
    { name, doc, EXPORT_TEXT, .sealed = 0 }
#define INSTANT(name, doc)                                                                         \
    { name, doc, EXPORT_INSTANT, .sealed = 0 }

static struct err read_headers(struct evidence_reading *reading, struct row_list *ret_list) {
    struct export_row *rows =
        arena_array(reading->tx->cx->arena, headers_table_len * HEADERS_KIND_COUNT, sizeof *rows);
    size_t count = 0;
    for (size_t i = 0; rows != NULL && i < headers_table_len * HEADERS_KIND_COUNT; i++) {
        const struct header_field *field = &headers_table[i / HEADERS_KIND_COUNT];
        enum header_kind kind = (enum header_kind)(i % HEADERS_KIND_COUNT);
        if (field->values[kind] != NULL) {
            struct export_value *values = rows[count++].values;
            values[0].text = str_from_cstr(field->name);
            values[1].text = str_from_cstr(header_kind_name(kind));
            values[2].text = str_from_cstr(header_kind_doc(kind));
            values[3].text = str_from_cstr(field->values[kind]);
        }
    }
    reading->is_over = true;
    *ret_list = (struct row_list){rows, count};
    return rows == NULL ? ERR(ERR_NO_MEMORY) : OK;
}

static struct err read_pci(struct evidence_reading *reading, struct row_list *ret_list) {
    struct pci_line *lines = NULL;
    size_t count = 0;
    reading->is_over = true;
    TRY(pci_look(reading->context, reading->tx, &lines, &count));
    struct export_row *rows = arena_array(reading->tx->cx->arena, count, sizeof *rows);
    for (size_t i = 0; rows != NULL && i < count; i++) {
        const struct str texts[] = {lines[i].id, lines[i].requirement, lines[i].title,
                                    lines[i].result, lines[i].detail};
        for (size_t k = 0; k < ARRAY_LEN(texts); k++) {
            rows[i].values[k].text = texts[k];
        }
    }
    *ret_list = (struct row_list){rows, count};
    return rows == NULL ? ERR(ERR_NO_MEMORY) : OK;
}

/* Texts of the report, which the arena keeps longer than its JSON. */
static struct err read_findings(struct evidence_reading *reading, struct row_list *ret_list) {
    struct arena *arena = reading->tx->cx->arena;
    struct json_problem problem;
    struct str report;
    struct instant at;
    reading->is_over = true;
    *ret_list = (struct row_list){NULL, 0};
    TRY(page_scan_read(reading->tx, &report, &at));
    if (report.len == 0) {
        return OK;
    }
    json_t *scan CLEANUP(json_release) = json_read(report, &problem);
    const json_t *findings = json_at(scan, "findings");
    size_t count = json_array_size(findings);
    struct export_row *rows = arena_array(arena, count + 1, sizeof *rows);
    for (size_t i = 0; rows != NULL && i < count; i++) {
        const json_t *finding = json_array_get(findings, i);
        rows[i].values[0].whole = at.ms;
        rows[i].values[1].text = arena_str(arena, json_text(scan, "url"));
        rows[i].values[2].text = arena_str(arena, json_text(finding, "address"));
        rows[i].values[3].text = arena_str(arena, json_text(finding, "kind"));
        rows[i].values[4].text = arena_str(arena, json_text(finding, "detail"));
    }
    *ret_list = (struct row_list){rows, rows == NULL ? 0 : count};
    return scan == NULL ? ERR(ERR_FORMAT) : rows == NULL ? ERR(ERR_NO_MEMORY) : OK;
}

const struct evidence_source api_evidence_sources[] = {
    {.noun = {.rows = {.name = "headers",
                       .doc = "Header fields of answers by their kind; behind TLS each has "
                              "Strict-Transport-Security besides",
                       .columns = {PLAIN("field", "Its name"), PLAIN("kind", "Of the answer"),
                                   PLAIN("answers", "Which these are"),
                                   PLAIN("value", "As it is served")},
                       .count = 4},
              .control = "CC6.6",
              .how = EVIDENCE_BY_PROGRAM},
     .origin = "the program's own table, from which every answer is served",
     .read = read_headers},
    {.noun = {.rows = {.name = "page_findings",
                       .doc = "What differed from the build when the pages were last compared as "
                              "browsers get them; pci_checks says when that was",
                       .columns = {INSTANT("at", "When they were compared"),
                                   PLAIN("url", "Under which they were asked for"),
                                   PLAIN("address", "Of the page or script"),
                                   PLAIN("kind", "unreachable, header, script or document"),
                                   PLAIN("detail", "What differs")},
                       .count = 5},
              .control = "CC6.6",
              .how = EVIDENCE_BY_PROGRAM},
     .origin = "the report of the last comparison, the first 50 differences",
     .read = read_findings},
    {.noun = {.rows = {.name = "pci_checks",
                       .doc = "What of PCI DSS 4.0.1 held when the pack was made, found by looking",
                       .columns = {PLAIN("id", "Of the check"), PLAIN("requirement", "Of PCI DSS"),
                                   PLAIN("title", "What is wanted"),
                                   PLAIN("result", "pass, fail, or not_ours: left to people"),
                                   PLAIN("detail", "What was seen, or what is to be done")},
                       .count = 5},
              .control = "CC6.6",
              .how = EVIDENCE_BY_PROGRAM},
     .origin = "the same checks as GET /api/admin/pci, made anew",
     .read = read_pci},
};
const size_t api_evidence_sources_count = ARRAY_LEN(api_evidence_sources);
