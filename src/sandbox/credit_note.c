/* /v1/credit_notes: making, voiding, previewing; see the header for the rules. */
#include "sandbox/credit_note.h"

#include <stdio.h>

#include "sandbox/invoice.h"
#include "sandbox/invoice_payment.h"
#include "sandbox/refund.h"
#include "sandbox/resources.h"

static const char *const reasons[] = {"duplicate", "fraudulent", "order_change",
                                      "product_unsatisfactory", NULL};
static const char *const email_types[] = {"credit_note", "none", NULL};
static const char *const line_types[] = {"custom_line_item", "invoice_line_item", NULL};
static const char *const refund_types[] = {"refund", NULL};
static const struct param line[] = {
    {.name = "type", .kind = PARAM_ENUM, .flags = PARAM_REQUIRED, .words = line_types},
    {.name = "amount", .kind = PARAM_INTEGER, .min = 1, .max = UNIT_AMOUNT_MAX},
    {.name = "description", .kind = PARAM_TEXT},
    {.name = "invoice_line_item", .kind = PARAM_TEXT},
    {.name = "metadata", .kind = PARAM_MAP},
    {.name = "quantity", .kind = PARAM_INTEGER, .min = 1, .max = QUANTITY_MAX},
    {.name = "tax_rates", .kind = PARAM_TEXTS, .flags = PARAM_EMPTYABLE},
    {.name = "unit_amount", .kind = PARAM_INTEGER, .min = 1, .max = UNIT_AMOUNT_MAX},
    {.name = NULL}};
static const struct param refund[] = {
    {.name = "type", .kind = PARAM_ENUM, .words = refund_types},
    {.name = "refund", .kind = PARAM_TEXT, .flags = PARAM_REQUIRED},
    {.name = "amount_refunded", .kind = PARAM_INTEGER, .min = 1, .max = UNIT_AMOUNT_MAX},
    {.name = NULL}};
#define AMOUNT(member)                                                                             \
    { .name = member, .kind = PARAM_INTEGER, .min = 0, .max = UNIT_AMOUNT_MAX }
const struct param credit_note_params[] = {
    {.name = "invoice", .kind = PARAM_TEXT, .flags = PARAM_REQUIRED},
    {.name = "amount", .kind = PARAM_INTEGER, .min = 1, .max = UNIT_AMOUNT_MAX},
    AMOUNT("credit_amount"),
    AMOUNT("out_of_band_amount"),
    AMOUNT("refund_amount"),
    {.name = "refunds", .kind = PARAM_LIST, .of = refund},
    {.name = "effective_at", .kind = PARAM_INTEGER},
    {.name = "email_type", .kind = PARAM_ENUM, .words = email_types},
    {.name = "lines", .kind = PARAM_LIST, .of = line},
    {.name = "memo", .kind = PARAM_TEXT},
    {.name = "metadata", .kind = PARAM_MAP},
    {.name = "reason", .kind = PARAM_ENUM, .words = reasons},
    PARAMS_COMMON};
static const struct param update_params[] = {
    {.name = "memo", .kind = PARAM_TEXT},
    {.name = "metadata", .kind = PARAM_MAP, .flags = PARAM_EMPTYABLE},
    PARAMS_COMMON};
static const struct param get_params[] = {PARAMS_COMMON};
static const struct param lines_params[] = {PARAMS_PAGE, PARAMS_COMMON};
static const struct param list_params[] = {PARAMS_PAGE,
                                           {.name = "created", .kind = PARAM_RANGE},
                                           {.name = "customer", .kind = PARAM_TEXT},
                                           {.name = "invoice", .kind = PARAM_TEXT},
                                           PARAMS_COMMON};

/* --- what may be credited --- */

/* A finalized invoice that stands; NULL with a fault. */
static json_t *invoice_for(struct call *call) {
    json_t *invoice = world_find(call->world, "invoice", param_text(call, "invoice"), "invoice");
    bool stands = invoice != NULL && !member_is(invoice, "status", "draft") &&
                  !member_is(invoice, "status", "void");
    if (invoice != NULL && !stands) {
        fault_invalid(&call->world->fault, NULL, "invoice",
                      "Credit notes can only be created for open, paid or uncollectible invoices. "
                      "This invoice is %s.",
                      member(invoice, "status"));
    }
    return stands ? invoice : NULL;
}

static json_t *charge_of(struct world *world, const json_t *invoice) {
    const json_t *intent = invoice_paid_intent(world, invoice);
    return world_get(world, member(intent, "latest_charge"));
}

/* What was paid of the invoice and neither credited nor given back. */
static int64_t creditable(struct world *world, const json_t *invoice) {
    const json_t *charge = charge_of(world, invoice);
    int64_t settled = member_i64(invoice, "total") - member_i64(invoice, "amount_remaining") -
                      member_i64(invoice, "pre_payment_credit_notes_amount");
    int64_t outside =
        member_i64(charge, "amount_refunded") - member_i64(invoice, "_refunded_by_credit_notes");
    return settled - member_i64(invoice, "post_payment_credit_notes_amount") -
           (outside > 0 ? outside : 0);
}

static int64_t sum_of_refunds(json_t *refunds) {
    int64_t sum = 0;
    for (size_t i = 0; i < json_array_size(refunds); i++) {
        sum += member_i64(json_array_get(refunds, i), "amount_refunded");
    }
    return sum;
}

/* Splits the note into what was still owed and what was paid; false with a fault. */
static bool split(struct call *call, json_t *note, json_t *invoice) {
    struct fault *fault = &call->world->fault;
    int64_t total = member_i64(note, "total");
    int64_t remaining = member_i64(invoice, "amount_remaining");
    int64_t before = total < remaining ? total : remaining;
    int64_t after = total - before;
    /* Refunds that the note takes in were counted as given back. */
    int64_t taken = sum_of_refunds(json_object_get(call->params, "refunds"));
    int64_t given = member_i64(call->params, "credit_amount") +
                    member_i64(call->params, "refund_amount") +
                    member_i64(call->params, "out_of_band_amount") + taken;
    int64_t most = creditable(call->world, invoice) + taken;
    if (total <= 0 || after > most) {
        return fault_invalid(fault, NULL, "amount",
                             "The credit note's amount (%lld) must be greater than 0 and at most "
                             "what can be credited of this invoice (%lld).",
                             (long long)total, (long long)(remaining + (most > 0 ? most : 0)));
    }
    if (given != after) {
        return fault_invalid(fault, NULL, after > 0 ? "refund_amount" : "credit_amount",
                             "The sum of credit amount, refund amount and out of band amount "
                             "(%lld) must equal the post payment credit note amount (%lld).",
                             (long long)given, (long long)after);
    }
    set_i64(note, "pre_payment_amount", before);
    set_i64(note, "post_payment_amount", after);
    set_text(note, "type", after == 0 ? "pre_payment" : before == 0 ? "post_payment" : "mixed");
    return true;
}

/* --- giving back --- */

static void add_refund(json_t *note, const char *id, int64_t amount) {
    json_array_append_new(json_object_get(note, "refunds"),
                          json_pack("{s:I, s:n, s:s, s:s}", "amount_refunded", (json_int_t)amount,
                                    "payment_record_refund", "refund", id, "type", "refund"));
}

static bool give_refund(struct call *call, json_t *note, json_t *invoice) {
    struct world *world = call->world;
    int64_t amount = member_i64(call->params, "refund_amount");
    json_t *charge = charge_of(world, invoice);
    if (amount == 0) {
        return true;
    }
    if (charge == NULL) {
        return fault_invalid(&world->fault, NULL, "refund_amount",
                             "This invoice was not paid by a charge that can be refunded.");
    }
    const struct refund_order order = {.charge = charge, .amount = amount, .reason = ""};
    const json_t *made = refund_make(world, &order);
    if (made == NULL) {
        return false;
    }
    add_refund(note, member(made, "id"), amount);
    return true;
}

/* Refunds that are there already are taken into the note. */
static bool take_refunds(struct call *call, json_t *note) {
    json_t *given = json_object_get(call->params, "refunds");
    for (size_t i = 0; i < json_array_size(given); i++) {
        json_t *one = json_array_get(given, i);
        const json_t *found =
            world_find(call->world, "refund", member(one, "refund"), "refunds[refund]");
        if (found == NULL) {
            return false;
        }
        if (member_i64(one, "amount_refunded") > member_i64(found, "amount")) {
            return fault_invalid(&call->world->fault, NULL, "refunds[amount_refunded]",
                                 "The refund %s is of less than that.", member(found, "id"));
        }
        add_refund(note, member(found, "id"), member_i64(one, "amount_refunded"));
    }
    return true;
}

static void give_credit(struct call *call, json_t *note, json_t *invoice) {
    struct world *world = call->world;
    int64_t amount = member_i64(call->params, "credit_amount");
    json_t *customer = world_get(world, member(invoice, "customer"));
    if (amount == 0) {
        return;
    }
    const struct balance_move move = {
        .amount = -amount,
        .type = "credit_note",
        .currency = member(invoice, "currency"),
        .invoice = member(invoice, "id"),
        .credit_note = member(note, "id"),
    };
    const json_t *transaction = balance_move(world, customer, &move);
    set_text(note, "customer_balance_transaction", member(transaction, "id"));
    event_updated(world, "customer.updated", customer);
}

static void add_to(json_t *invoice, const char *name, int64_t amount) {
    set_i64(invoice, name, member_i64(invoice, name) + amount);
}

/* Less is owed; what is owed no more is paid. */
static void lower_invoice(struct world *world, json_t *note, json_t *invoice) {
    int64_t before = member_i64(note, "pre_payment_amount");
    bool was_owed = member_i64(invoice, "amount_remaining") > 0;
    add_to(invoice, "pre_payment_credit_notes_amount", before);
    add_to(invoice, "post_payment_credit_notes_amount", member_i64(note, "post_payment_amount"));
    add_to(invoice, "_refunded_by_credit_notes", sum_of_refunds(json_object_get(note, "refunds")));
    add_to(invoice, "amount_remaining", -before);
    world_touch(world, invoice);
    event_updated(world, "invoice.updated", invoice);
    if (was_owed && member_i64(invoice, "amount_remaining") == 0) {
        invoice_settle_without_payment(world, invoice);
    } else if (before > 0) {
        invoice_sync_payment(world, invoice);
    }
}

/* --- routes --- */

static void give_number(json_t *note, json_t *invoice) {
    add_to(invoice, "_credit_notes", 1);
    json_object_set_new(note, "number",
                        json_sprintf("%s-CN-%02lld", member(invoice, "number"),
                                     (long long)member_i64(invoice, "_credit_notes")));
}

static json_t *note_make(struct call *call, json_t *invoice) {
    struct world *world = call->world;
    json_t *note = world_add(world, "credit_note", member(invoice, "customer"));
    const char *id = member(note, "id");
    json_object_set(note, "effective_at", json_object_get(note, "created"));
    copy_params(note, invoice, (const char *const[]){"currency", NULL});
    copy_params(note, call->params, (const char *const[]){"memo", "reason", "effective_at", NULL});
    metadata_merge(note, call->params);
    set_text(note, "invoice", member(invoice, "id"));
    if (param_given(call, "out_of_band_amount")) {
        set_i64(note, "out_of_band_amount", member_i64(call->params, "out_of_band_amount"));
    }
    json_object_set_new(note, "pdf", json_sprintf("%s/credit_note/%s/pdf", world->public_url, id));
    json_object_set_new(json_object_get(note, "lines"), "url",
                        json_sprintf("/v1/credit_notes/%s/lines", id));
    give_number(note, invoice);
    return note;
}

static json_t *create(struct call *call) {
    struct world *world = call->world;
    json_t *invoice = invoice_for(call);
    if (invoice == NULL) {
        return NULL;
    }
    json_t *note = note_make(call, invoice);
    bool is_well = credit_note_fill(call, note, invoice) && split(call, note, invoice) &&
                   take_refunds(call, note) && give_refund(call, note, invoice);
    if (!is_well) {
        return NULL;
    }
    give_credit(call, note, invoice);
    world_touch(world, note);
    event_emit(world, "credit_note.created", note);
    lower_invoice(world, note, invoice);
    return json_incref(note);
}

static json_t *preview(struct call *call) {
    json_t *note = create(call);
    call->is_dry = true;
    return note;
}

static json_t *preview_lines(struct call *call) {
    json_t *note = preview(call);
    json_t *lines = note == NULL ? NULL : json_incref(json_object_get(note, "lines"));
    json_decref(note);
    return lines;
}

static json_t *find(struct call *call) {
    return world_find(call->world, "credit_note", call->id, "id");
}

static json_t *get(struct call *call) {
    return json_incref(find(call));
}

static json_t *update(struct call *call) {
    json_t *note = find(call);
    if (note == NULL) {
        return NULL;
    }
    copy_params(note, call->params, (const char *const[]){"memo", NULL});
    metadata_merge(note, call->params);
    world_touch(call->world, note);
    event_updated(call->world, "credit_note.updated", note);
    return json_incref(note);
}

static json_t *get_lines(struct call *call) {
    json_t *note = find(call);
    return note == NULL ? NULL
                        : list_cut(call, json_object_get(json_object_get(note, "lines"), "data"),
                                   member(note, "lines.url"));
}

/* Only what lowered an invoice that is still open can be taken back. */
static json_t *annul(struct call *call) {
    struct world *world = call->world;
    json_t *note = find(call);
    if (note == NULL) {
        return NULL;
    }
    json_t *invoice = world_get(world, member(note, "invoice"));
    bool may = member_is(note, "status", "issued") &&
               member_i64(note, "post_payment_amount") == 0 && member_is(invoice, "status", "open");
    if (!may) {
        fault_invalid(&world->fault, NULL, NULL,
                      "Only issued credit notes that lowered an open invoice can be voided.");
        return NULL;
    }
    int64_t before = member_i64(note, "pre_payment_amount");
    set_text(note, "status", "void");
    set_i64(note, "voided_at", world_now(world, member(note, "customer")));
    world_touch(world, note);
    event_emit(world, "credit_note.voided", note);
    add_to(invoice, "pre_payment_credit_notes_amount", -before);
    add_to(invoice, "amount_remaining", before);
    world_touch(world, invoice);
    event_updated(world, "invoice.updated", invoice);
    invoice_sync_payment(world, invoice);
    return json_incref(note);
}

static json_t *list(struct call *call) {
    const char *customer = param_text(call, "customer");
    const struct list_query query = {.type = "credit_note",
                                     .customer = customer[0] == '\0' ? NULL : customer};
    return list_answer(call, &query, "/v1/credit_notes");
}

static const struct route routes[] = {
    {"POST", "/v1/credit_notes", create, credit_note_params},
    {"GET", "/v1/credit_notes", list, list_params},
    {"GET", "/v1/credit_notes/preview", preview, credit_note_params},
    {"GET", "/v1/credit_notes/preview/lines", preview_lines, credit_note_params},
    {"GET", "/v1/credit_notes/:id", get, get_params},
    {"POST", "/v1/credit_notes/:id", update, update_params},
    {"GET", "/v1/credit_notes/:id/lines", get_lines, lines_params},
    {"POST", "/v1/credit_notes/:id/void", annul, get_params},
};
const struct route_list credit_note_routes = {routes, ARRAY_LEN(routes)};
