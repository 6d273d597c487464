/* Promise: a paper takes as many pages as it needs, the same document gives the same bytes, and
 * what is too long is refused. What the pages say is read in tests/sandbox/pdf.test.mjs. */
#include "pdf/pdf.h"

#include <string.h>

#include "base/env_sim.h"
#include "base/testing.h"

struct desk {
    struct env env;
    struct arena arena;
    struct cx cx;
};

static void desk_open(struct desk *desk) {
    env_posix_init(&desk->env);
    arena_init(&desk->arena, &desk->env, 64 * 1024 * 1024);
    cx_init(&desk->cx, &desk->env, &desk->arena);
}

static struct pdf_document document_of(const struct pdf_row *rows, size_t count) {
    static const struct str seller[] = {{"Edge Host Inc.", 14}, {"1 Main Street", 13}};
    static const struct str buyer[] = {{"Müller & Söhne", 16}, {"شركة", 8}};
    static const struct pdf_pair facts[] = {{{"Date", 4}, {"Mar 1, 2026", 11}}};
    static const struct pdf_sum sums[] = {{{"Total", 5}, {"$29.00", 6}, true}};
    static const struct str notes[] = {{"Thank you.", 10}};
    return (struct pdf_document){
        .language = STR("en"),
        .title = STR("Invoice"),
        .number = STR("A-0001"),
        .badge = STR("Paid"),
        .seller = seller,
        .seller_count = ARRAY_LEN(seller),
        .buyer_label = STR("Billed to"),
        .buyer = buyer,
        .buyer_count = ARRAY_LEN(buyer),
        .facts = facts,
        .fact_count = ARRAY_LEN(facts),
        .description_label = STR("Description"),
        .quantity_label = STR("Quantity"),
        .amount_label = STR("Amount"),
        .rows = rows,
        .row_count = count,
        .sums = sums,
        .sum_count = ARRAY_LEN(sums),
        .notes = notes,
        .note_count = ARRAY_LEN(notes),
        .footer = STR("Edge Host Inc."),
        .created_at_s = 1772323200,
    };
}

/* The page tree says how many pages it holds: "/Count 6". */
static int64_t pages_in(struct str file) {
    static const char name[] = "/Count ";
    int64_t count = 0;
    for (size_t i = 0; i + sizeof name < file.len; i++) {
        if (memcmp(file.bytes + i, name, sizeof name - 1) != 0) {
            continue;
        }
        for (size_t j = i + sizeof name - 1; file.bytes[j] >= '0' && file.bytes[j] <= '9'; j++) {
            count = count * 10 + (file.bytes[j] - '0');
        }
    }
    return count;
}

static const struct pdf_row row = {
    {"Starter", 7}, {"Mar 1 – Apr 1, 2026", 21}, {"1", 1}, {"$29.00", 6}};

static void takes_as_many_pages_as_it_needs(void **state) {
    (void)state;
    static const struct {
        size_t rows;
        int pages;
    } cases[] = {{0, 1}, {1, 1}, {10, 1}, {100, 6}, {PDF_ROWS_MAX, 52}};
    struct desk desk;
    desk_open(&desk);
    struct pdf_row *rows = arena_array(&desk.arena, PDF_ROWS_MAX, sizeof *rows);
    assert_non_null(rows);
    for (size_t i = 0; i < PDF_ROWS_MAX; i++) {
        rows[i] = row;
    }
    int64_t before = 0;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct buf out;
        struct pdf_document document = document_of(rows, cases[i].rows);
        buf_init(&out, &desk.env, PDF_BYTES_MAX);
        assert_false(err_failed(pdf_render(&desk.cx, &document, &out)));
        assert_true(str_starts_with(buf_str(&out), STR("%PDF-1.")));
        int64_t pages = pages_in(buf_str(&out));
        assert_true(pages >= before); /* fonts differ between machines, so the count is a range */
        assert_in_range(pages, (cases[i].pages + 1) / 2, cases[i].pages * 2);
        before = pages;
        buf_finish(&out);
    }
    arena_finish(&desk.arena);
}

static void the_same_document_gives_the_same_bytes(void **state) {
    (void)state;
    struct desk desk;
    struct buf files[2];
    desk_open(&desk);
    for (size_t i = 0; i < 2; i++) {
        struct pdf_document document = document_of(&row, 1);
        buf_init(&files[i], &desk.env, PDF_BYTES_MAX);
        assert_false(err_failed(pdf_render(&desk.cx, &document, &files[i])));
    }
    assert_true(str_equal(buf_str(&files[0]), buf_str(&files[1])));
    buf_finish(&files[0]);
    buf_finish(&files[1]);
    arena_finish(&desk.arena);
}

static void what_is_too_long_is_refused(void **state) {
    (void)state;
    struct desk desk;
    struct buf out;
    desk_open(&desk);
    struct pdf_document document = document_of(&row, 1);
    buf_init(&out, &desk.env, 500); /* room for half a file */
    assert_int_equal(pdf_render(&desk.cx, &document, &out).code, ERR_TOO_LARGE);
    buf_finish(&out);
    document.row_count = PDF_ROWS_MAX + 1;
    buf_init(&out, &desk.env, PDF_BYTES_MAX);
    assert_int_equal(pdf_render(&desk.cx, &document, &out).code, ERR_TOO_LARGE);
    assert_non_null(strstr(desk.cx.detail, "at most 1000 lines"));
    assert_int_equal(buf_str(&out).len, 0);
    buf_finish(&out);
    arena_finish(&desk.arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_as_many_pages_as_it_needs),
        cmocka_unit_test(the_same_document_gives_the_same_bytes),
        cmocka_unit_test(what_is_too_long_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
