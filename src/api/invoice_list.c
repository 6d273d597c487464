/* GET /api/billing/invoices: by how they stand and by year, and what each year came to. */
#include "api/billing_resources.h"
#include "api/invoice_out.h"
#include "api/resources.h"

/* --- the list --- */

static const struct shape_field invoice_item = {.kind = SHAPE_OBJECT, .of = &invoice_shape};
static const struct shape_field invoices_fields[] = {
    {"data", "The newest first", SHAPE_LIST, .offset = offsetof(struct page, data),
     .max = LIMIT_PAGE, .item = &invoice_item, .item_size = sizeof(struct invoice_out)},
    PAGE_CURSOR_FIELD,
};
const struct shape invoices_shape =
    SHAPE("Invoices", "A page of invoices", struct page, invoices_fields);

static const char *const states[] = {"draft",     "due",  "past_due",    "paid", "refunded",
                                     "corrected", "void", "written_off", NULL};
static_assert(ARRAY_LEN(states) == INVOICE_STATE_COUNT + 1, "in the order of the enum");

struct list_query {
    struct page_query page; /* first: page_size() reads it */
    int state;
    bool has_state;
    int64_t year;
};
#define AT(member) offsetof(struct list_query, member)
static const struct shape_field list_fields[] = {
    {"limit", "At most so many", SHAPE_I64, .offset = AT(page.limit), .min = 1, .max = LIMIT_PAGE,
     .flags = SHAPE_OPTIONAL},
    {"cursor", "nextCursor of the page before", SHAPE_STR, .offset = AT(page.cursor), .min = 1,
     .max = LIMIT_RECORD_ID, .allowed = TEXT_TOKEN, .flags = SHAPE_OPTIONAL},
    {"state", "That stand here only", SHAPE_ENUM, .offset = AT(state), .names = states,
     .flags = SHAPE_OPTIONAL, .is_set = AT(has_state)},
    {"year", "Made in this year of UTC only", SHAPE_I64, .offset = AT(year),
     .min = INVOICE_YEAR_FIRST, .max = INVOICE_YEAR_LAST, .flags = SHAPE_OPTIONAL},
};
#undef AT
const struct shape invoice_search_shape =
    SHAPE("InvoiceSearch", "Which invoices", struct list_query, list_fields);

static void reply_page(struct api_request *request, const struct row_list *list, size_t size) {
    const struct invoice_standing *rows = list->items;
    size_t count = list->count > size ? size : list->count;
    struct invoice_out *out = arena_array(request->arena, count, sizeof *out);
    for (size_t i = 0; out != NULL && i < count; i++) {
        if (reply_if_failed(request, invoice_show(request, &rows[i], false, &out[i]))) {
            return;
        }
    }
    struct page page = {{out, out == NULL ? 0 : count}, {NULL, 0}};
    if (list->count > size) {
        page.next_cursor = id_str(&rows[size - 1].invoice.id);
    }
    reply_value(request, 200, &invoices_shape, &page);
}

void invoices_list(struct api_request *request) {
    static const struct list_query all = {.has_state = false};
    const struct list_query *in = request->query == NULL ? &all : request->query;
    size_t size = page_size(&in->page);
    if (!has_customer(request)) {
        return;
    }
    const struct invoice_list_query query = {
        .user_id = request->user_id,
        .after = in->page.cursor,
        .state = in->has_state ? in->state : -1,
        .year = in->year,
        .max = size + 1,
    };
    struct tx tx = request_read(request);
    struct row_list list;
    struct err err = invoice_list_read(&tx, &query, &list);
    if (err.code == ERR_NOT_FOUND) {
        struct shape_errors errors = {.count = 0};
        shape_error_add(&errors, request->arena, "/cursor", "nextCursor of the page before");
        reply_field_errors(request, PROBLEM_INVALID_QUERY, &errors);
        return;
    }
    if (!reply_if_failed(request, err)) {
        reply_page(request, &list, size);
    }
}

/* --- what years came to --- */

struct year_out {
    int64_t year, count;
    struct money billed, credited, paid, due;
};
#define AT(member) offsetof(struct year_out, member)
static const struct shape_field year_fields[] = {
    {"year", "Of UTC", SHAPE_I64, .offset = AT(year)},
    {"invoices", "How many were issued, without those that are void", SHAPE_I64,
     .offset = AT(count)},
    {"billed", "What they were for, with tax", SHAPE_OBJECT, .offset = AT(billed),
     .of = &money_shape},
    {"credited", "What credit notes of that year took back", SHAPE_OBJECT, .offset = AT(credited),
     .of = &money_shape},
    {"paid", "What was paid of them", SHAPE_OBJECT, .offset = AT(paid), .of = &money_shape},
    {"due", "What is still to be paid of them", SHAPE_OBJECT, .offset = AT(due),
     .of = &money_shape},
};
#undef AT
static const struct shape year_shape = SHAPE(
    "InvoiceYear", "What invoices of a year and a currency came to", struct year_out, year_fields);
static const struct shape_field year_item = {.kind = SHAPE_OBJECT, .of = &year_shape};
static const struct shape_field years_fields[] = {
    {"data", "The last year first; a currency a row", SHAPE_LIST,
     .offset = offsetof(struct page, data), .max = INVOICE_YEARS_ROWS, .item = &year_item,
     .item_size = sizeof(struct year_out)},
    PAGE_CURSOR_FIELD,
};
const struct shape invoice_years_shape =
    SHAPE("InvoiceYears", "What each year came to", struct page, years_fields);

static struct year_out year_out_of(const struct invoice_year *year) {
    struct currency currency = {""};
    (void)!currency_parse(year->sums.currency, &currency); /* the store holds known ones only */
    return (struct year_out){
        .year = year->year,
        .count = year->sums.count,
        .billed = money_of(year->sums.billed, currency),
        .credited = money_of(year->credited, currency),
        .paid = money_of(year->sums.paid, currency),
        .due = money_of(year->sums.due, currency),
    };
}

void invoices_years(struct api_request *request) {
    struct tx tx = request_read(request);
    struct invoice_years years;
    if (!has_customer(request) ||
        reply_if_failed(request, invoice_years_read(&tx, request->user_id, &years))) {
        return;
    }
    struct year_out *out = arena_array(request->arena, years.count, sizeof *out);
    for (size_t i = 0; out != NULL && i < years.count; i++) {
        out[i] = year_out_of(&years.items[i]);
    }
    struct page page = {{out, out == NULL ? 0 : years.count}, {NULL, 0}};
    reply_value(request, 200, &invoice_years_shape, &page);
}
