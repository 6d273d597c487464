/* add_lines, update_lines, remove_lines and POST /v1/invoices/:parent/lines/:id, on drafts. A line
 * that is added has an invoice item behind it, like every line that did not come from a
 * subscription. */
#include "sandbox/invoice.h"

#include <stdio.h>

#include "sandbox/discount.h"
#include "sandbox/price.h"

enum { LINES_AT_ONCE = 250 };

static const struct param period[] = {
    {.name = "start", .kind = PARAM_INTEGER, .flags = PARAM_REQUIRED},
    {.name = "end", .kind = PARAM_INTEGER, .flags = PARAM_REQUIRED},
    {.name = NULL}};
static const struct param pricing[] = {{.name = "price", .kind = PARAM_TEXT}, {.name = NULL}};
#define LINE_PARAMS                                                                                \
    {.name = "amount", .kind = PARAM_INTEGER, .min = -UNIT_AMOUNT_MAX, .max = UNIT_AMOUNT_MAX},    \
        {.name = "description", .kind = PARAM_TEXT},                                               \
        {.name = "discountable", .kind = PARAM_BOOLEAN},                                           \
        {.name = "metadata", .kind = PARAM_MAP, .flags = PARAM_EMPTYABLE},                         \
        {.name = "period", .kind = PARAM_OBJECT, .of = period},                                    \
        {.name = "price_data", .kind = PARAM_OBJECT, .of = price_data_params},                     \
        {.name = "pricing", .kind = PARAM_OBJECT, .of = pricing},                                  \
        {.name = "quantity", .kind = PARAM_INTEGER, .min = 0, .max = QUANTITY_MAX},                \
        {.name = "tax_rates", .kind = PARAM_TEXTS, .flags = PARAM_EMPTYABLE}, PARAM_DISCOUNTS

static const struct param added_line[] = {
    LINE_PARAMS, {.name = "invoice_item", .kind = PARAM_TEXT}, {.name = NULL}};
static const struct param updated_line[] = {
    LINE_PARAMS, {.name = "id", .kind = PARAM_TEXT, .flags = PARAM_REQUIRED}, {.name = NULL}};
static const char *const behaviors[] = {"delete", "unassign", NULL};
static const struct param removed_line[] = {
    {.name = "id", .kind = PARAM_TEXT, .flags = PARAM_REQUIRED},
    {.name = "behavior", .kind = PARAM_ENUM, .flags = PARAM_REQUIRED, .words = behaviors},
    {.name = NULL}};
#define OF_LINES(table)                                                                            \
    {.name = "lines", .kind = PARAM_LIST, .flags = PARAM_REQUIRED, .of = table},                   \
        {.name = "invoice_metadata", .kind = PARAM_MAP, .flags = PARAM_EMPTYABLE}, PARAMS_COMMON

const struct param invoice_add_lines_params[] = {OF_LINES(added_line)};
const struct param invoice_update_lines_params[] = {OF_LINES(updated_line)};
const struct param invoice_update_line_params[] = {LINE_PARAMS, PARAMS_COMMON};
const struct param invoice_remove_lines_params[] = {OF_LINES(removed_line)};

static json_t *lines_of(json_t *invoice) {
    return json_object_get(json_object_get(invoice, "lines"), "data");
}

/* The index of a line by id, SIZE_MAX with a fault when there is none. */
static size_t index_of(struct call *call, json_t *invoice, const char *id, const char *param) {
    json_t *lines = lines_of(invoice);
    for (size_t i = 0; i < json_array_size(lines); i++) {
        if (member_is(json_array_get(lines, i), "id", id)) {
            return i;
        }
    }
    world_missing(call->world, "invoice line item", param, id);
    return SIZE_MAX;
}

static const char *item_of(const json_t *line) {
    const char *id = member(line, "parent.invoice_item_details.invoice_item");
    return id[0] != '\0' ? id : member(line, "parent.subscription_item_details.invoice_item");
}

/* The sums anew, the metadata of the invoice, and the event. */
static json_t *finish(struct call *call, json_t *invoice) {
    json_t *metadata = json_object_get(call->params, "invoice_metadata");
    if (metadata != NULL) {
        json_t *given = json_pack("{s:O}", "metadata", metadata);
        metadata_merge(invoice, given);
        json_decref(given);
    }
    invoice_sum(call->world, invoice);
    event_updated(call->world, "invoice.updated", invoice);
    return json_incref(invoice);
}

/* An item that waits already; NULL with a fault. */
static json_t *waiting_item(struct call *call, const json_t *invoice, const char *id) {
    json_t *item = world_find(call->world, "invoiceitem", id, "lines[invoice_item]");
    bool waits = item != NULL && member_is(item, "invoice", "") &&
                 member_is(item, "customer", member(invoice, "customer"));
    if (item != NULL && !waits) {
        fault_invalid(&call->world->fault, NULL, "lines[invoice_item]",
                      "The invoice item %s does not wait for an invoice of this customer.", id);
    }
    return waits ? item : NULL;
}

static bool add_one(struct call *call, json_t *invoice, json_t *given) {
    const char *id = member(given, "invoice_item");
    if (id[0] != '\0') {
        json_t *item = waiting_item(call, invoice, id);
        if (item != NULL) {
            invoice_take_item(call->world, invoice, item);
        }
        return item != NULL;
    }
    struct call one = *call;
    one.params = given;
    return invoiceitem_make(&one, member(invoice, "customer"), invoice) != NULL;
}

static bool check_count(struct call *call) {
    return json_array_size(json_object_get(call->params, "lines")) <= LINES_AT_ONCE ||
           fault_invalid(&call->world->fault, NULL, "lines", "At most %d lines at once.",
                         LINES_AT_ONCE);
}

json_t *invoice_add_lines(struct call *call) {
    json_t *invoice = invoice_in_state(call, "draft", "add lines to");
    json_t *given = json_object_get(call->params, "lines");
    if (invoice == NULL || !check_count(call)) {
        return NULL;
    }
    for (size_t i = 0; i < json_array_size(given); i++) {
        if (!add_one(call, invoice, json_array_get(given, i))) {
            return NULL;
        }
    }
    return finish(call, invoice);
}

/* A line is changed as an item is, then takes back what a line has of it. */
static bool update_one(struct call *call, json_t *invoice, json_t *line, json_t *given) {
    struct call one = *call;
    json_t *item = json_copy(line);
    one.params = given;
    json_object_set(item, "customer", json_object_get(invoice, "customer"));
    json_object_set(item, "tax_rates", json_object_get(line, "_tax_rates"));
    bool is_well = invoiceitem_apply(&one, item);
    if (is_well) {
        json_object_del(line, "_price");
        json_object_del(line, "_unit");
        copy_params(line, item,
                    (const char *const[]){"amount", "description", "discountable", "discounts",
                                          "period", "pricing", "quantity", "quantity_decimal",
                                          "_price", "_unit", "_tax_behavior", NULL});
        set_i64(line, "subtotal", member_i64(line, "amount"));
        if (json_object_get(given, "tax_rates") != NULL) {
            json_object_set(line, "_tax_rates", json_object_get(item, "tax_rates"));
        }
    }
    json_decref(item);
    return is_well;
}

json_t *invoice_update_lines(struct call *call) {
    json_t *invoice = invoice_in_state(call, "draft", "update lines of");
    json_t *given = json_object_get(call->params, "lines");
    if (invoice == NULL || !check_count(call)) {
        return NULL;
    }
    for (size_t i = 0; i < json_array_size(given); i++) {
        json_t *one = json_array_get(given, i);
        size_t index = index_of(call, invoice, member(one, "id"), "lines[id]");
        if (index == SIZE_MAX ||
            !update_one(call, invoice, json_array_get(lines_of(invoice), index), one)) {
            return NULL;
        }
    }
    return finish(call, invoice);
}

json_t *invoice_update_line(struct call *call) {
    struct call of_invoice = *call;
    of_invoice.id = call->parent;
    json_t *invoice = invoice_in_state(&of_invoice, "draft", "update lines of");
    size_t index = invoice == NULL ? SIZE_MAX : index_of(call, invoice, call->id, "id");
    if (index == SIZE_MAX ||
        !update_one(call, invoice, json_array_get(lines_of(invoice), index), call->params)) {
        return NULL;
    }
    json_decref(finish(call, invoice));
    return json_incref(json_array_get(lines_of(invoice), index));
}

/* A line goes: its item is deleted with it, or waits again. */
static void remove_one(struct world *world, json_t *invoice, size_t index, bool deletes) {
    json_t *item = world_get(world, item_of(json_array_get(lines_of(invoice), index)));
    json_array_remove(lines_of(invoice), index);
    if (item == NULL) {
        return;
    }
    if (deletes) {
        event_emit(world, "invoiceitem.deleted", item);
        world_remove(world, item);
        return;
    }
    set_null(item, "invoice");
    world_touch(world, item);
}

json_t *invoice_remove_lines(struct call *call) {
    json_t *invoice = invoice_in_state(call, "draft", "remove lines from");
    json_t *given = json_object_get(call->params, "lines");
    if (invoice == NULL || !check_count(call)) {
        return NULL;
    }
    for (size_t i = 0; i < json_array_size(given); i++) {
        const json_t *one = json_array_get(given, i);
        size_t index = index_of(call, invoice, member(one, "id"), "lines[id]");
        if (index == SIZE_MAX) {
            return NULL;
        }
        remove_one(call->world, invoice, index, member_is(one, "behavior", "delete"));
    }
    return finish(call, invoice);
}
