/* /v1/invoices: read, finalize, send, pay, void, write off. Making and editing them is in
 * invoice_edit.c and invoice_line_edit.c. */
#include "sandbox/invoice.h"
#include "sandbox/invoice_payment.h"
#include "sandbox/method.h"
#include "sandbox/resources.h"
#include "sandbox/subscription.h"
#include "sandbox/tax.h"

static const char *const statuses[] = {"draft", "open", "paid", "uncollectible", "void", NULL};
static const struct param get_params[] = {PARAMS_COMMON};
static const struct param list_params[] = {
    PARAMS_PAGE,
    {.name = "customer", .kind = PARAM_TEXT},
    {.name = "status", .kind = PARAM_ENUM, .words = statuses},
    {.name = "subscription", .kind = PARAM_TEXT},
    {.name = "collection_method", .kind = PARAM_TEXT},
    {.name = "created", .kind = PARAM_RANGE},
    {.name = "due_date", .kind = PARAM_RANGE},
    PARAMS_COMMON};
static const struct param pay_params[] = {{.name = "payment_method", .kind = PARAM_TEXT},
                                          {.name = "off_session", .kind = PARAM_BOOLEAN},
                                          {.name = "paid_out_of_band", .kind = PARAM_BOOLEAN},
                                          {.name = "forgive", .kind = PARAM_BOOLEAN},
                                          {.name = "source", .kind = PARAM_TEXT},
                                          PARAMS_COMMON};
static const struct param finalize_params[] = {{.name = "auto_advance", .kind = PARAM_BOOLEAN},
                                               PARAMS_COMMON};
static const struct param lines_params[] = {PARAMS_PAGE, PARAMS_COMMON};
static json_t *find(struct call *call) {
    return world_find(call->world, "invoice", call->id, "invoice");
}

static json_t *get(struct call *call) {
    return json_incref(find(call));
}

static bool keeps(struct call *call, json_t *invoice) {
    struct call rest = *call;
    const char *subscription = param_text(call, "subscription");
    bool is_its = subscription[0] == '\0' ||
                  member_is(invoice, "parent.subscription_details.subscription", subscription);
    rest.params = json_copy(call->params);
    json_object_del(rest.params, "subscription");
    bool is_kept = is_its && list_matches(&rest, invoice);
    json_decref(rest.params);
    return is_kept;
}

static json_t *list(struct call *call) {
    const char *customer = param_text(call, "customer");
    const struct list_query query = {
        .type = "invoice", .customer = customer[0] == '\0' ? NULL : customer, .keeps = keeps};
    return list_answer(call, &query, "/v1/invoices");
}

/* Lines are part of the invoice: the page is cut from them. */
static json_t *lines(struct call *call) {
    json_t *invoice = find(call);
    if (invoice == NULL) {
        return NULL;
    }
    return list_cut(call, json_object_get(json_object_get(invoice, "lines"), "data"),
                    member(invoice, "lines.url"));
}

/* False with a fault unless the invoice is in that state. */
static bool must_be(struct call *call, json_t *invoice, const char *status, const char *verb) {
    return member_is(invoice, "status", status) ||
           fault_invalid(&call->world->fault, "invoice_not_editable", NULL,
                         "You can only %s %s invoices. This invoice is %s.", verb, status,
                         member(invoice, "status"));
}

/* A payment that somebody asks for is no attempt of the schedule. */
static enum pay_result collect(struct call *call, json_t *invoice, const char *method,
                               bool is_off_session) {
    set_bool(invoice, "_is_manual", true);
    enum pay_result result = invoice_collect(call->world, invoice, method, is_off_session);
    json_object_del(invoice, "_is_manual");
    world_touch(call->world, invoice);
    return result;
}

static bool pay_now(struct call *call, json_t *invoice) {
    struct world *world = call->world;
    const char *method = param_text(call, "payment_method");
    const char *customer = member(invoice, "customer");
    json_t *off_session = json_object_get(call->params, "off_session");
    if (json_is_true(json_object_get(call->params, "paid_out_of_band"))) {
        invoice_close_out_of_band(world, invoice);
        return true;
    }
    method = method[0] != '\0' ? method : param_text(call, "source");
    if (method[0] != '\0' &&
        method_of_customer(world, method, customer, "payment_method") == NULL) {
        return false;
    }
    enum pay_result result = collect(call, invoice, method, !json_is_false(off_session));
    if (result == PAY_PAID || result == PAY_PROCESSING) {
        return true;
    }
    if (result == PAY_NEEDS_ACTION && json_is_false(off_session)) {
        fault_card(&world->fault, "invoice_payment_intent_requires_action", NULL,
                   "This payment requires additional user action before it can be completed "
                   "successfully.");
        json_t *intent = event_render(world_get(world, member(invoice, "_intent")));
        fault_detail(&world->fault, "payment_intent", intent);
        json_decref(intent);
        world->fault.keeps_changes = true;
        return false;
    }
    return subscription_fault_of(world, invoice, true);
}

static json_t *pay(struct call *call) {
    struct world *world = call->world;
    json_t *invoice = find(call);
    if (invoice == NULL) {
        return NULL;
    }
    if (member_is(invoice, "status", "paid")) {
        fault_invalid(&world->fault, NULL, NULL, "Invoice is already paid");
        return NULL;
    }
    if (member_is(invoice, "status", "draft")) {
        invoice_finalize(world, invoice);
        if (member_is(invoice, "status", "paid")) {
            return json_incref(invoice);
        }
    }
    json_t *intent = world_get(world, member(invoice, "_intent"));
    if (intent != NULL && member_is(intent, "status", "processing")) {
        fault_invalid(&world->fault, "payment_intent_unexpected_state", NULL,
                      "A payment for this invoice is already processing.");
        return NULL;
    }
    bool may =
        member_is(invoice, "status", "uncollectible") || must_be(call, invoice, "open", "pay");
    bool is_paid = may && pay_now(call, invoice);
    return is_paid ? json_incref(invoice) : NULL;
}

/* The customer is told, or charged within the hour, when the invoice advances by itself. */
static void advance(struct world *world, json_t *invoice) {
    bool is_live = member_is(invoice, "status", "open") &&
                   json_is_true(json_object_get(invoice, "auto_advance"));
    if (is_live && member_is(invoice, "collection_method", "send_invoice")) {
        event_emit(world, "invoice.sent", invoice);
    } else if (is_live) {
        int64_t now = world_now(world, member(invoice, "customer"));
        set_i64(invoice, "_collects_at", now + DRAFT_LIFE_S);
        world_touch(world, invoice);
    }
}

/* False with a fault when the draft stays one. */
static bool finalize_now(struct call *call, json_t *invoice) {
    invoice_finalize(call->world, invoice);
    if (!member_is(invoice, "status", "draft")) {
        return true;
    }
    return tax_check_location(call->world, world_get(call->world, member(invoice, "customer")));
}

static json_t *finalize(struct call *call) {
    json_t *invoice = find(call);
    if (invoice == NULL || !must_be(call, invoice, "draft", "finalize")) {
        return NULL;
    }
    copy_params(invoice, call->params, (const char *const[]){"auto_advance", NULL});
    if (!finalize_now(call, invoice)) {
        return NULL;
    }
    advance(call->world, invoice);
    return json_incref(invoice);
}

static json_t *send(struct call *call) {
    json_t *invoice = find(call);
    if (invoice == NULL) {
        return NULL;
    }
    if (!member_is(invoice, "collection_method", "send_invoice")) {
        fault_invalid(&call->world->fault, NULL, NULL,
                      "You can only manually send an invoice if its collection method is "
                      "'send_invoice'.");
        return NULL;
    }
    if (member_is(invoice, "status", "draft") && !finalize_now(call, invoice)) {
        return NULL;
    }
    bool may = member_is(invoice, "status", "paid") || must_be(call, invoice, "open", "send");
    if (!may) {
        return NULL;
    }
    event_emit(call->world, "invoice.sent", invoice);
    return json_incref(invoice);
}

static json_t *write_off(struct call *call) {
    json_t *invoice = find(call);
    if (invoice == NULL || !must_be(call, invoice, "open", "mark as uncollectible")) {
        return NULL;
    }
    invoice_write_off(call->world, invoice);
    return json_incref(invoice);
}

static json_t *annul(struct call *call) {
    json_t *invoice = find(call);
    bool may = invoice != NULL && (member_is(invoice, "status", "uncollectible") ||
                                   must_be(call, invoice, "open", "void"));
    if (may && member_i64(invoice, "amount_paid") > 0) {
        may = fault_invalid(&call->world->fault, NULL, NULL,
                            "You can't void an invoice that was paid in part. Give the money back "
                            "with a credit note, or mark it as uncollectible.");
    }
    if (!may) {
        return NULL;
    }
    invoice_void(call->world, invoice);
    return json_incref(invoice);
}

static const struct route routes[] = {
    {"GET", "/v1/invoices", list, list_params},
    {"POST", "/v1/invoices", invoice_create, invoice_create_params},
    {"GET", "/v1/invoices/:id", get, get_params},
    {"POST", "/v1/invoices/:id", invoice_update, invoice_update_params},
    {"DELETE", "/v1/invoices/:id", invoice_delete, get_params},
    {"GET", "/v1/invoices/:id/lines", lines, lines_params},
    {"POST", "/v1/invoices/:id/pay", pay, pay_params},
    {"POST", "/v1/invoices/:id/attach_payment", invoice_attach, invoice_attach_params},
    {"POST", "/v1/invoices/:id/finalize", finalize, finalize_params},
    {"POST", "/v1/invoices/:id/void", annul, get_params},
    {"POST", "/v1/invoices/:id/send", send, get_params},
    {"POST", "/v1/invoices/:id/mark_uncollectible", write_off, get_params},
    {"POST", "/v1/invoices/:id/add_lines", invoice_add_lines, invoice_add_lines_params},
    {"POST", "/v1/invoices/:id/update_lines", invoice_update_lines, invoice_update_lines_params},
    {"POST", "/v1/invoices/:id/remove_lines", invoice_remove_lines, invoice_remove_lines_params},
    {"POST", "/v1/invoices/:parent/lines/:id", invoice_update_line, invoice_update_line_params},
};
const struct route_list invoice_routes = {routes, ARRAY_LEN(routes)};
