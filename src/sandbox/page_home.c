/* "/": what is in the sandbox, newest first. */
#include "sandbox/pages.h"

enum { ROWS_MAX = 50 };

struct table {
    struct page_turn *turn;
    void (*row)(struct page_turn *turn, json_t *json);
    int rows;
};

static bool visit(void *context, const char *id, json_t *json) {
    struct table *table = context;
    (void)id;
    html(&table->turn->out, "<tr>");
    table->row(table->turn, json);
    html(&table->turn->out, "</tr>");
    return ++table->rows < ROWS_MAX;
}

static void cell_time(struct page_turn *turn, json_t *json) {
    html(&turn->out, "<td class=\"nb\">");
    html_time(&turn->out, member_i64(json, "created"));
    html(&turn->out, "</td>");
}

static void customer_row(struct page_turn *turn, json_t *json) {
    html_cell(&turn->out, member(json, "id"));
    html_cell(&turn->out, member(json, "email"));
    html_cell(&turn->out, member(json, "name"));
    cell_time(turn, json);
}

static void subscription_row(struct page_turn *turn, json_t *json) {
    html_cell(&turn->out, member(json, "id"));
    html_cell(&turn->out, member(json, "customer"));
    html_cell(&turn->out, member(json, "status"));
    cell_time(turn, json);
}

static void invoice_row(struct page_turn *turn, json_t *json) {
    struct page_out *out = &turn->out;
    html(out, "<td><a href=\"/invoice/");
    html_text(out, member(json, "id"));
    html(out, "\">");
    html_text(out, member_is(json, "number", "") ? member(json, "id") : member(json, "number"));
    html(out, "</a></td>");
    html_cell(out, member(json, "customer"));
    html_cell(out, member(json, "status"));
    html(out, "<td>");
    html_money(out, member_i64(json, "amount_due"));
    html(out, "</td>");
    cell_time(turn, json);
}

static void event_row(struct page_turn *turn, json_t *json) {
    html_cell(&turn->out, member(json, "id"));
    html_cell(&turn->out, member(json, "type"));
    html_cell(&turn->out, member(json, "data.object.id"));
    cell_time(turn, json);
}

static const struct section {
    const char *type, *title;
    const char *heads[6]; /* NULL-terminated */
    void (*row)(struct page_turn *turn, json_t *json);
} sections[] = {
    {"customer", "Customers", {"Id", "E-mail", "Name", "Created", NULL}, customer_row},
    {"subscription",
     "Subscriptions",
     {"Id", "Customer", "Status", "Created", NULL},
     subscription_row},
    {"invoice",
     "Invoices",
     {"Number", "Customer", "Status", "Amount", "Created", NULL},
     invoice_row},
    {"event", "Events", {"Id", "Type", "Object", "Created", NULL}, event_row},
};

/* Wide tables scroll by themselves, with the keyboard too. */
static void table_open(struct page_out *out, const struct section *section) {
    html(out, "<h2>");
    html(out, section->title);
    html(out, "</h2><div class=\"card scroll id\" tabindex=\"0\" role=\"region\" aria-label=\"");
    html(out, section->title);
    html(out, "\"><table><thead><tr>");
    for (size_t i = 0; section->heads[i] != NULL; i++) {
        html(out, "<th scope=\"col\">");
        html(out, section->heads[i]);
        html(out, "</th>");
    }
    html(out, "</tr></thead><tbody>");
}

static void table_close(struct page_out *out, int rows) {
    html(out, "</tbody></table>");
    if (rows == 0) {
        html(out, "<p class=\"soft\">None yet.</p>");
    } else if (rows == ROWS_MAX) {
        html(out, "<p class=\"soft\">The newest are shown.</p>");
    }
    html(out, "</div>");
}

int page_home(struct page_turn *turn) {
    html(&turn->out, "<h1>What is in this sandbox</h1><p class=\"soft lead\">Newest "
                     "first. It answers as Stripe does, and everything in it is made up.</p>");
    for (size_t i = 0; i < ARRAY_LEN(sections); i++) {
        struct table table = {turn, sections[i].row, 0};
        struct store_scan scan = {
            .type = sections[i].type, .before = INT64_MAX, .visit = visit, .context = &table};
        table_open(&turn->out, &sections[i]);
        if (err_failed(store_scan(turn->world.store, &scan))) {
            return 500;
        }
        table_close(&turn->out, table.rows);
    }
    return 200;
}
