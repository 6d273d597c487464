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
    html(&turn->out, "<td>");
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
    const char *type, *head;
    void (*row)(struct page_turn *turn, json_t *json);
} sections[] = {
    {"customer",
     "<h2>Customers</h2><table><tr><th>Id</th><th>E-mail</th><th>Name</th><th>Created</th></tr>",
     customer_row},
    {"subscription",
     "<h2>Subscriptions</h2><table><tr><th>Id</th><th>Customer</th><th>Status</th><th>Created</th>"
     "</tr>",
     subscription_row},
    {"invoice",
     "<h2>Invoices</h2><table><tr><th>Number</th><th>Customer</th><th>Status</th><th>Due</th>"
     "<th>Created</th></tr>",
     invoice_row},
    {"event",
     "<h2>Events</h2><table><tr><th>Id</th><th>Type</th><th>Object</th><th>Created</th></tr>",
     event_row},
};

int page_home(struct page_turn *turn) {
    html(&turn->out, "<h1>What is in this sandbox</h1>");
    for (size_t i = 0; i < ARRAY_LEN(sections); i++) {
        struct table table = {turn, sections[i].row, 0};
        struct store_scan scan = {
            .type = sections[i].type, .before = INT64_MAX, .visit = visit, .context = &table};
        html(&turn->out, sections[i].head);
        if (err_failed(store_scan(turn->world.store, &scan))) {
            return 500;
        }
        html(&turn->out, "</table>");
    }
    return 200;
}
