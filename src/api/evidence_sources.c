/* What the API knows of itself that is evidence: which header fields protect which answers. */
#include "api/evidence_sources.h"

#include "api/headers.h"

#define PLAIN(name, doc)                                                                           \
    { name, doc, EXPORT_TEXT, .sealed = 0 }

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
};
const size_t api_evidence_sources_count = ARRAY_LEN(api_evidence_sources);
