#include "stripe/call_param.h"

#include "app/invoice_lines.h"
#include "base/check.h"
#include "base/json.h"
#include "core/period.h"
#include "stripe/form.h"

enum { MS_PER_SECOND = 1000 };

static const void *member_at(const struct payments_call *call, size_t offset) {
    return (const char *)call + offset;
}

struct str call_text_at(const struct payments_call *call, size_t offset) {
    return *(const struct str *)member_at(call, offset);
}

static int64_t number_at(const struct payments_call *call, size_t offset) {
    return *(const int64_t *)member_at(call, offset);
}

static bool flag_at(const struct payments_call *call, size_t offset) {
    return *(const bool *)member_at(call, offset);
}

static const char *interval_at(const struct payments_call *call, size_t offset) {
    return interval_name((enum interval)number_at(call, offset));
}

/* https://docs.stripe.com/payments/bank-transfers#supported-currencies */
static void add_transfer(struct buf *form, struct str currency) {
    static const char *const types[][2] = {
        {"eur", "eu_bank_transfer"},
        {"gbp", "gb_bank_transfer"},
        {"jpy", "jp_bank_transfer"},
        {"mxn", "mx_bank_transfer"},
    };
    const char *type = "us_bank_transfer";
    for (size_t i = 0; i < ARRAY_LEN(types); i++) {
        type = str_equal(currency, str_from_cstr(types[i][0])) ? types[i][1] : type;
    }
    form_add_text(form, "bank_transfer[type]", str_from_cstr(type));
    if (str_equal(currency, STR("eur"))) {
        form_add_text(form, "bank_transfer[eu_bank_transfer][country]", STR("DE"));
    }
}

static struct str behavior_of(const struct payments_call *call, size_t offset) {
    if (call->sends_invoice) {
        return STR("allow_incomplete"); /* nothing is charged */
    }
    return str_equal(call_text_at(call, offset), STR("us_bank_account"))
               ? STR("error_if_incomplete")
               : STR("pending_if_incomplete");
}

/* "invoice_items[3][period][start]" */
static const char *item_name(struct arena *arena, const char *list, size_t i, const char *member) {
    struct str name = arena_printf(arena, "%s[%zu]%s", list, i, member);
    check(name.len > 0); /* memory only: half a request must not leave */
    return name.bytes;
}

/* The same of each line as PAYMENTS_INVOICE_ITEM says of one. */
static void add_lines(struct arena *arena, struct buf *form, const char *list, struct str text) {
    struct invoice_lines lines;
    bool has_failed = err_failed(invoice_lines_read(arena, text, &lines));
    check(!has_failed); /* written by invoice_lines_write() */
    for (size_t i = 0; i < lines.count; i++) {
        struct invoice_line_unit unit = invoice_line_unit_of(&lines.items[i]);
        const struct payments_invoice_line *line = &lines.items[i];
        form_add_text(form, item_name(arena, list, i, "[currency]"),
                      str_from_cstr(line->amount.currency.code));
        form_add_text(form, item_name(arena, list, i, "[description]"), line->description);
        form_add_i64(form, item_name(arena, list, i, "[unit_amount_decimal]"), unit.amount);
        form_add_i64(form, item_name(arena, list, i, "[quantity]"), unit.quantity);
        form_add_bool(form, item_name(arena, list, i, "[discountable]"), line->discount.minor > 0);
        form_add_text(form, item_name(arena, list, i, "[tax_behavior]"), STR("exclusive"));
        form_add_i64(form, item_name(arena, list, i, "[period][start]"),
                     line->period.start.ms / MS_PER_SECOND);
        form_add_i64(form, item_name(arena, list, i, "[period][end]"),
                     line->period.end.ms / MS_PER_SECOND);
    }
}

static void add_tax_ids(struct arena *arena, struct buf *form, const char *list, struct str text) {
    struct json_problem problem;
    CLEANUP(json_release) json_t *tax_ids = json_read(text, &problem);
    for (size_t i = 0; i < json_array_size(tax_ids); i++) {
        const json_t *tax_id = json_array_get(tax_ids, i);
        form_add_text(form, item_name(arena, list, i, "[type]"), json_text(tax_id, "type"));
        form_add_text(form, item_name(arena, list, i, "[value]"), json_text(tax_id, "value"));
    }
}

/* False: it is left out. */
static bool is_wanted(const struct param *param, const struct payments_call *call) {
    switch (param->source) {
    case SOURCE_FIXED_WITH:
    case SOURCE_GIVEN_I64:
        return number_at(call, param->offset) != 0;
    case SOURCE_FIXED_IF:
    case SOURCE_GIVEN_FLAG:
    case SOURCE_DROPPED:
        return flag_at(call, param->offset);
    case SOURCE_FIXED_WITH_TEXT:
    case SOURCE_TEXT:
        return call_text_at(call, param->offset).len > 0;
    case SOURCE_DUE:
    case SOURCE_DUE_AT:
        return call->sends_invoice;
    case SOURCE_END:
    case SOURCE_FIXED:
    case SOURCE_UNSETTABLE:
    case SOURCE_I64:
    case SOURCE_FLAG:
    case SOURCE_BEHAVIOR:
    case SOURCE_INTERVAL:
    case SOURCE_SECONDS:
    case SOURCE_TRANSFER:
    case SOURCE_LINES:
    case SOURCE_TAX_IDS:
        break;
    }
    return param->source != SOURCE_END;
}

static void add_due(struct buf *form, const struct param *param, int64_t at_ms) {
    form_add_i64(form, at_ms > 0 ? param->name : param->fixed, at_ms / MS_PER_SECOND);
}

static void add_wanted(struct arena *arena, struct buf *form, const struct param *param,
                       const struct payments_call *call) {
    size_t offset = param->offset;
    switch (param->source) {
    case SOURCE_END:
        break;
    case SOURCE_FIXED:
    case SOURCE_FIXED_WITH:
    case SOURCE_FIXED_IF:
    case SOURCE_FIXED_WITH_TEXT:
        form_add_text(form, param->name, str_from_cstr(param->fixed));
        break;
    case SOURCE_TEXT:
    case SOURCE_UNSETTABLE:
        form_add_text(form, param->name, call_text_at(call, offset));
        break;
    case SOURCE_DUE:
    case SOURCE_I64:
    case SOURCE_GIVEN_I64:
        form_add_i64(form, param->name, number_at(call, offset));
        break;
    case SOURCE_FLAG:
    case SOURCE_GIVEN_FLAG:
        form_add_bool(form, param->name, flag_at(call, offset));
        break;
    case SOURCE_DROPPED:
        form_add_text(form, param->name, STR(""));
        break;
    case SOURCE_BEHAVIOR:
        form_add_text(form, param->name, behavior_of(call, offset));
        break;
    case SOURCE_INTERVAL:
        form_add_text(form, param->name, str_from_cstr(interval_at(call, offset)));
        break;
    case SOURCE_TRANSFER:
        add_transfer(form, call_text_at(call, offset));
        break;
    case SOURCE_LINES:
        add_lines(arena, form, param->name, call_text_at(call, offset));
        break;
    case SOURCE_TAX_IDS:
        add_tax_ids(arena, form, param->name, call_text_at(call, offset));
        break;
    case SOURCE_DUE_AT:
        add_due(form, param, number_at(call, offset));
        break;
    case SOURCE_SECONDS:
        form_add_i64(form, param->name, number_at(call, offset) / MS_PER_SECOND);
        break;
    }
}

void call_param_add(struct arena *arena, struct buf *form, const struct param *param,
                    const struct payments_call *call) {
    if (is_wanted(param, call)) {
        add_wanted(arena, form, param, call);
    }
}
