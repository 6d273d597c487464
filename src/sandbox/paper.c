/* The sheet; see the header. */
#include "sandbox/paper.h"

#include "base/rfc3339.h"
#include "sandbox/currency.h"

enum { TEXT_MAX = 64 };

struct str paper_amount(const struct paper *paper, int64_t amount) {
    char text[TEXT_MAX];
    currency_text(member(paper->subject, "currency"), amount, text, sizeof text);
    return arena_str(paper->arena, str_from_cstr(text));
}

struct str paper_date(const struct paper *paper, int64_t unix_s) {
    struct civil at = civil_from_ms(unix_s * 1000);
    return arena_printf(paper->arena, "%04d-%02d-%02d", at.year, at.month, at.day);
}

void paper_fact(struct paper *paper, const char *label, struct str value) {
    if (value.len > 0 && paper->fact_count < PAPER_FACTS) {
        paper->facts[paper->fact_count++] = (struct pdf_pair){str_from_cstr(label), value};
    }
}

void paper_day(struct paper *paper, const char *label, const char *path) {
    int64_t unix_s = member_i64(paper->subject, path);
    paper_fact(paper, label, unix_s == 0 ? STR("") : paper_date(paper, unix_s));
}

void paper_buyer(struct paper *paper, const char *text) {
    if (text[0] != '\0' && paper->buyer_count < PAPER_BUYER) {
        paper->buyer[paper->buyer_count++] = str_from_cstr(text);
    }
}

void paper_row(struct paper *paper, const struct pdf_row *row) {
    if (paper->row_count < PAPER_ROWS) {
        paper->rows[paper->row_count++] = *row;
    }
}

void paper_sum(struct paper *paper, const char *label, int64_t amount, bool is_strong) {
    if (paper->sum_count < PAPER_SUMS) {
        paper->sums[paper->sum_count++] =
            (struct pdf_sum){str_from_cstr(label), paper_amount(paper, amount), is_strong};
    }
}

static struct pdf_document document_of(const struct paper *paper) {
    static const struct str seller[] = {{"Sandbox", 7}, {"No real money moves here", 24}};
    return (struct pdf_document){
        .language = STR("en"),
        .title = str_from_cstr(paper->title),
        .number = str_from_cstr(member(paper->subject, "number")),
        .badge = str_from_cstr(paper->badge),
        .seller = seller,
        .seller_count = ARRAY_LEN(seller),
        .buyer_label = str_from_cstr(paper->buyer_label),
        .buyer = paper->buyer,
        .buyer_count = paper->buyer_count,
        .facts = paper->facts,
        .fact_count = paper->fact_count,
        .description_label = STR("Description"),
        .quantity_label = STR("Quantity"),
        .amount_label = STR("Amount"),
        .rows = paper->rows,
        .row_count = paper->row_count,
        .sums = paper->sums,
        .sum_count = paper->sum_count,
        .footer = str_from_cstr(paper->footer),
        .created_at_s = member_i64(paper->subject, "created"),
    };
}

struct err paper_print(struct world *world, const json_t *subject,
                       void (*fill)(struct paper *paper, struct world *world), struct buf *out) {
    struct arena arena;
    struct cx cx;
    arena_init(&arena, world->env, PDF_BYTES_MAX);
    cx_init(&cx, world->env, &arena);
    struct paper *paper = ARENA_NEW(&arena, struct paper);
    struct err err = ERR(ERR_NO_MEMORY);
    if (paper != NULL) {
        paper->arena = &arena;
        paper->subject = subject;
        paper->title = paper->badge = paper->buyer_label = paper->footer = "";
        fill(paper, world);
        struct pdf_document document = document_of(paper);
        err = pdf_render(&cx, &document, out);
    }
    if (err_failed(err)) {
        world->err = err;
    }
    arena_finish(&arena);
    return err;
}
