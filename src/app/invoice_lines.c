#include "app/invoice_lines.h"

#include "base/json.h"
#include "base/limits.h"
#include "base/rfc3339.h"

struct invoice_line_unit invoice_line_unit_of(const struct payments_invoice_line *line) {
    bool is_whole = line->quantity > 0 && line->amount.minor % line->quantity == 0;
    return is_whole
               ? (struct invoice_line_unit){line->amount.minor / line->quantity, line->quantity}
               : (struct invoice_line_unit){line->amount.minor, 1};
}

/* --- writing --- */

static void put_money(struct json_writer *out, const char *name, int64_t minor,
                      struct currency currency) {
    json_name(out, name);
    json_open_object(out);
    json_member_i64(out, "amount", minor);
    json_member_cstr(out, "currency", currency.code);
    json_close_object(out);
}

static void put_line(struct json_writer *out, const struct payments_invoice_line *line) {
    char start[RFC3339_SIZE];
    char end[RFC3339_SIZE];
    rfc3339_format(line->period.start.ms, start);
    rfc3339_format(line->period.end.ms, end);
    json_open_object(out);
    json_member_str(out, "description", line->description);
    put_money(out, "amount", line->amount.minor, line->amount.currency);
    put_money(out, "discount", line->discount.minor, line->amount.currency);
    put_money(out, "tax", line->tax.minor, line->amount.currency);
    json_name(out, "period");
    json_open_object(out);
    json_member_cstr(out, "start", start);
    json_member_cstr(out, "end", end);
    json_close_object(out);
    json_member_bool(out, "proration", line->is_proration);
    if (line->price_id.len > 0) {
        json_member_str(out, "priceId", line->price_id);
        json_member_i64(out, "quantity", line->quantity);
    }
    json_close_object(out);
}

struct str invoice_lines_write(struct cx *cx, const struct invoice_lines *lines) {
    struct buf text;
    struct json_writer out;
    buf_init(&text, cx->env, LIMIT_BODY_WEBHOOK);
    json_writer_init(&out, &text);
    json_open_array(&out);
    for (size_t i = 0; i < lines->count; i++) {
        put_line(&out, &lines->items[i]);
    }
    json_close_array(&out);
    return buf_finish_in(&text, cx->arena);
}

/* --- reading --- */

/* A line of no price has no quantity, and one of an older release neither tax nor discount. */
static bool read_line(struct arena *arena, const json_t *object,
                      struct payments_invoice_line *ret_line) {
    struct currency currency;
    struct payments_invoice_line line = {
        .description = arena_str(arena, json_text(object, "description")),
        .price_id = arena_str(arena, json_text(object, "priceId")),
        .quantity = json_i64(object, "quantity", 1),
        .is_proration = json_flag(object, "proration", false),
    };
    if (!currency_parse(json_text(object, "amount.currency"), &currency) ||
        !rfc3339_parse(json_text(object, "period.start"), &line.period.start.ms) ||
        !rfc3339_parse(json_text(object, "period.end"), &line.period.end.ms)) {
        return false;
    }
    line.amount = money_of(json_i64(object, "amount.amount", 0), currency);
    line.discount = money_of(json_i64(object, "discount.amount", 0), currency);
    line.tax = money_of(json_i64(object, "tax.amount", 0), currency);
    *ret_line = line;
    return true;
}

struct err invoice_lines_read(struct arena *arena, struct str text,
                              struct invoice_lines *ret_lines) {
    struct json_problem problem;
    CLEANUP(json_release) json_t *list = json_read(text, &problem);
    size_t count = json_array_size(list);
    struct payments_invoice_line *items = arena_array(arena, count + 1, sizeof *items);
    if (!json_is_array(list) || items == NULL) {
        return items == NULL ? ERR(ERR_NO_MEMORY) : ERR(ERR_CORRUPT);
    }
    for (size_t i = 0; i < count; i++) {
        if (!read_line(arena, json_array_get(list, i), &items[i])) {
            return ERR(ERR_CORRUPT);
        }
    }
    *ret_lines = (struct invoice_lines){items, count};
    return OK;
}
