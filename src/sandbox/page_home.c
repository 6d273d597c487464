/* "/": what is in the sandbox: how much of what, clocks to move, webhooks, the newest of each kind,
 * the last requests, the test cards. */
#include <stdio.h>
#include <string.h>

#include "sandbox/card.h"
#include "sandbox/endpoint.h"
#include "sandbox/pages.h"

enum { ROWS_MAX = 12, REQUESTS_MAX = 12 };

/* --- cells --- */

static void cell_link(struct page_out *out, const char *path, const char *id, const char *word) {
    html(out, "<td class=\"nb\"><a href=\"");
    html(out, path);
    html_text(out, id);
    html(out, "\">");
    html_text(out, word);
    html(out, "</a></td>");
}

static void cell_object(struct page_out *out, const char *id) {
    if (id[0] == '\0') {
        html(out, "<td></td>");
    } else {
        cell_link(out, "/object/", id, id);
    }
}

static void cell_time(struct page_out *out, int64_t at_s) {
    html(out, "<td class=\"nb\">");
    html_time(out, at_s);
    html(out, "</td>");
}

static void cell_count(struct page_out *out, int64_t count) {
    buf_printf(&out->text, "<td class=\"n\">%lld</td>", (long long)count);
}

/* --- tables: wide ones scroll by themselves, with the keyboard too --- */

static void table_open(struct page_out *out, const char *title, const char *const *heads) {
    html(out, "<h2>");
    html(out, title);
    html(out, "</h2><div class=\"card scroll id\" tabindex=\"0\" role=\"region\" aria-label=\"");
    html(out, title);
    html(out, "\"><table><thead><tr>");
    for (; *heads != NULL; heads++) {
        html(out, "<th scope=\"col\">");
        html(out, *heads);
        html(out, "</th>");
    }
    html(out, "</tr></thead><tbody>");
}

static void table_close(struct page_out *out, bool is_empty, const char *what_then) {
    html(out, "</tbody></table>");
    if (is_empty) {
        html(out, "<p class=\"soft\">");
        html(out, what_then);
        html(out, "</p>");
    }
    html(out, "</div>");
}

/* --- the newest of each kind --- */

static void customer_row(struct page_out *out, json_t *json) {
    html_cell(out, member(json, "email"));
    html_cell(out, member(json, "name"));
}

static void subscription_row(struct page_out *out, json_t *json) {
    cell_object(out, member(json, "customer"));
    html_cell(out, member(json, "status"));
}

static void amount_cell(struct page_out *out, json_t *json, const char *name) {
    html(out, "<td class=\"n\">");
    html_amount(out, member(json, "currency"), member_i64(json, name));
    html(out, "</td>");
}

static void invoice_row(struct page_out *out, json_t *json) {
    bool is_draft = member_is(json, "number", "");
    cell_link(out, "/invoice/", member(json, "id"), is_draft ? "draft" : member(json, "number"));
    cell_object(out, member(json, "customer"));
    html_cell(out, member(json, "status"));
    amount_cell(out, json, "amount_due");
}

static void intent_row(struct page_out *out, json_t *json) {
    cell_object(out, member(json, "customer"));
    html_cell(out, member(json, "status"));
    amount_cell(out, json, "amount");
}

static void event_row(struct page_out *out, json_t *json) {
    html_cell(out, member(json, "type"));
    cell_object(out, member(json, "data.object.id"));
}

static const struct section {
    const char *type, *title;
    const char *heads[7]; /* NULL-terminated; the id first, the time last */
    void (*row)(struct page_out *out, json_t *json);
} sections[] = {
    {"customer", "Customers", {"Id", "E-mail", "Name", "Created", NULL}, customer_row},
    {"subscription",
     "Subscriptions",
     {"Id", "Customer", "Status", "Created", NULL},
     subscription_row},
    {"invoice",
     "Invoices",
     {"Id", "Number", "Customer", "Status", "Due", "Created", NULL},
     invoice_row},
    {"payment_intent",
     "Payments",
     {"Id", "Customer", "Status", "Amount", "Created", NULL},
     intent_row},
    {"event", "Events", {"Id", "Type", "Object", "Created", NULL}, event_row},
};

struct table {
    struct page_turn *turn;
    const struct section *section;
    int rows;
};

static struct err visit(void *context, const char *id, struct str text, bool *goes_on) {
    struct table *table = context;
    struct page_out *out = &table->turn->out;
    json_t *json = NULL;
    TRY(store_parse(text, &json));
    html(out, "<tr>");
    cell_object(out, id);
    table->section->row(out, json);
    cell_time(out, member_i64(json, "created"));
    html(out, "</tr>");
    json_decref(json);
    *goes_on = ++table->rows < ROWS_MAX;
    return OK;
}

static bool show_section(struct page_turn *turn, const struct section *section) {
    struct table table = {turn, section, 0};
    const struct store_scan scan = {
        .type = section->type, .before = INT64_MAX, .visit = visit, .context = &table};
    table_open(&turn->out, section->title, section->heads);
    if (err_failed(store_scan(turn->world.store, &scan))) {
        return false;
    }
    table_close(&turn->out, table.rows == 0, "None yet.");
    return true;
}

static bool show_counts(struct page_turn *turn) {
    html(&turn->out, "<div class=\"card\"><dl class=\"facts\">");
    for (size_t i = 0; i < ARRAY_LEN(sections); i++) {
        int64_t count = 0;
        if (err_failed(store_count(turn->world.store, sections[i].type, &count))) {
            return false;
        }
        buf_printf(&turn->out.text, "<div><dt>%s</dt><dd>%lld</dd></div>", sections[i].title,
                   (long long)count);
    }
    html(&turn->out, "</dl></div>");
    return true;
}

/* --- clocks --- */

static const struct step {
    const char *word, *label;
    int days;
} steps[] = {{"day", "A day", 1}, {"week", "A week", 7}, {"month", "30 days", 30}};

static void clock_form(struct page_out *out, const char *id) {
    html(out, "<td><form class=\"steps\" method=\"post\" action=\"/clock/");
    html_text(out, id);
    html(out, "\">");
    for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
        html(out, "<button class=\"plain\" name=\"by\" value=\"");
        html(out, steps[i].word);
        html(out, "\">");
        html(out, steps[i].label);
        html(out, "</button>");
    }
    html(out, "</form></td>");
}

static void show_clocks(struct page_turn *turn) {
    static const char *const heads[] = {"Clock", "Name", "Stands at", "Status", "Move by", NULL};
    struct page_out *out = &turn->out;
    json_t *clocks = world_list(&turn->world, "test_helpers.test_clock", NULL);
    table_open(out, "Test clocks", heads);
    for (size_t i = 0; i < json_array_size(clocks) && i < ROWS_MAX; i++) {
        json_t *clock = json_array_get(clocks, i);
        html(out, "<tr>");
        cell_object(out, member(clock, "id"));
        html_cell(out, member(clock, "name"));
        cell_time(out, member_i64(clock, "frozen_time"));
        html_cell(out, member(clock, "status"));
        clock_form(out, member(clock, "id"));
        html(out, "</tr>");
    }
    table_close(out, json_array_size(clocks) == 0,
                "None. POST /v1/test_helpers/test_clocks makes one; customers made with it follow "
                "it.");
    json_decref(clocks);
}

/* The API's own way to move one: the same checks, the same events. */
int page_clock_submit(struct page_turn *turn) {
    struct world *world = &turn->world;
    json_t *clock = world_get(world, turn->id);
    struct route_ids ids;
    char path[STORE_ID + 64];
    (void)snprintf(path, sizeof path, "/v1/test_helpers/test_clocks/%s/advance", turn->id);
    const struct route *route = sandbox_route_find(STR("POST"), str_from_cstr(path), &ids);
    int64_t days = 0;
    for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
        days = member_is(turn->form, "by", steps[i].word) ? steps[i].days : days;
    }
    if (clock == NULL || route == NULL || days == 0) {
        return 404;
    }
    json_t *params = json_pack("{s:I}", "frozen_time",
                               (json_int_t)(member_i64(clock, "frozen_time") + days * 86400));
    struct call call = {.world = world, .params = params, .id = ids.id, .parent = ids.parent};
    json_t *moved = route->handle(&call);
    json_decref(params);
    if (moved == NULL) {
        html(&turn->out, "<h1>The clock did not move</h1><p class=\"problem\">");
        html_text(&turn->out, world->fault.message);
        html(&turn->out, "</p>");
        return 400;
    }
    json_decref(moved);
    (void)snprintf(turn->location, sizeof turn->location, "/");
    return 303;
}

/* --- webhooks --- */

static bool show_endpoint(struct page_turn *turn, json_t *endpoint) {
    struct page_out *out = &turn->out;
    struct store_delivery_counts counts;
    if (err_failed(store_delivery_count(turn->world.store, member(endpoint, "id"), &counts))) {
        return false;
    }
    html(out, "<tr>");
    cell_object(out, member(endpoint, "id"));
    html_cell(out, endpoint_url(endpoint));
    html_cell(out, member_is(endpoint, "event_payload", "thin") ? "thin" : "snapshot");
    html_cell(out, member(endpoint, "status"));
    cell_count(out, counts.delivered);
    cell_count(out, counts.waiting);
    cell_count(out, counts.given_up);
    html(out, "</tr>");
    return true;
}

static bool show_endpoints(struct page_turn *turn) {
    static const char *const heads[] = {"Endpoint", "Address", "Payload",  "Status",
                                        "Taken",    "Waiting", "Given up", NULL};
    json_t *endpoints = world_endpoints(&turn->world);
    bool is_well = true;
    table_open(&turn->out, "Webhook endpoints", heads);
    for (size_t i = 0; i < json_array_size(endpoints) && is_well; i++) {
        is_well = show_endpoint(turn, json_array_get(endpoints, i));
    }
    table_close(&turn->out, json_array_size(endpoints) == 0,
                "None. POST /v1/webhook_endpoints with url and enabled_events makes one.");
    return is_well;
}

/* --- requests and cards --- */

static void show_requests(struct page_turn *turn) {
    static const char *const heads[] = {"Request", "Method", "Path", "Status", "At", NULL};
    struct page_out *out = &turn->out;
    const struct request_note *note = request_log_at(turn->log, 0);
    bool is_empty = note == NULL;
    table_open(out, "Requests", heads);
    for (size_t i = 1; note != NULL && i <= REQUESTS_MAX; i++) {
        html(out, "<tr>");
        cell_link(out, "/requests/", note->id, note->id);
        html_cell(out, note->method);
        html_cell(out, note->path);
        cell_count(out, note->status);
        cell_time(out, note->at_ms / 1000);
        html(out, "</tr>");
        note = request_log_at(turn->log, i);
    }
    table_close(out, is_empty, "None since the sandbox started.");
}

static const char *conduct_word(const struct test_card *card) {
    switch (card->conduct) {
    case CARD_PAYS:
        return card->after == CARD_RESTS ? "pays" : "pays; more follows";
    case CARD_DECLINES:
        return "attaches, then declines every charge";
    case CARD_REFUSES_SETUP:
        return "is declined at once";
    case CARD_ASKS_ALWAYS:
        return "asks for approval each time";
    case CARD_ASKS_UNLESS_SET_UP:
        return "asks until it was set up";
    case CARD_ASKS_ON_SESSION:
        return "asks when the customer is there";
    case CARD_ASKS_THEN_DECLINES:
        return "asks, then declines";
    case CARD_IS_BANK_ACCOUNT:
        return card->code == NULL ? "a bank account: arrives later" : "a bank account: fails later";
    }
    return "";
}

static void show_cards(struct page_turn *turn) {
    static const char *const heads[] = {"Number", "Token", "Brand", "What it does", "Reason", NULL};
    struct page_out *out = &turn->out;
    const struct test_card *card = card_at(0);
    table_open(out, "Test cards and bank accounts", heads);
    for (size_t i = 1; card != NULL; i++) {
        html(out, "<tr>");
        html_cell(out, card->number);
        html_cell(out, card->token == NULL ? "" : card->token);
        html_cell(out, card->brand);
        html_cell(out, conduct_word(card));
        html_cell(out, card->decline_code != NULL ? card->decline_code
                       : card->code != NULL       ? card->code
                                                  : "");
        html(out, "</tr>");
        card = card_at(i);
    }
    table_close(out, false, "");
}

int page_home(struct page_turn *turn) {
    struct page_out *out = &turn->out;
    html(out, "<h1>What is in this sandbox</h1><p class=\"soft lead\">It answers as Stripe does, "
              "and everything in it is made up. Any key that begins with sk_test_ opens it:</p>"
              "<pre class=\"card scroll id\" tabindex=\"0\" aria-label=\"A first request\">curl -u "
              "sk_test_anything: ");
    html_text(out, turn->world.public_url);
    html(out, "/v1/customers -d email=ada@example.com</pre>");
    if (!show_counts(turn)) {
        return 500;
    }
    show_clocks(turn);
    if (!show_endpoints(turn)) {
        return 500;
    }
    for (size_t i = 0; i < ARRAY_LEN(sections); i++) {
        if (!show_section(turn, &sections[i])) {
            return 500;
        }
    }
    show_requests(turn);
    show_cards(turn);
    return 200;
}
