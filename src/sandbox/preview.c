/* POST /v1/invoices/create_preview: the change is made, its invoice shown, and all is forgotten.
 *
 * With always_invoice, or when a new period begins at once, the preview is the invoice of the
 * change; otherwise it is the next renewal, with the prorations that wait for it. */
#include "sandbox/resources.h"
#include "sandbox/subscription.h"
#include "sandbox/subscription_change.h"

static const struct param details[] = {
    {.name = "items", .kind = PARAM_LIST, .of = subscription_item_update_params},
    {.name = "proration_behavior", .kind = PARAM_ENUM, .words = proration_behaviors},
    {.name = "proration_date", .kind = PARAM_INTEGER},
    {.name = "billing_cycle_anchor", .kind = PARAM_OBJECT, .of = anchor_params},
    {.name = "cancel_at_period_end", .kind = PARAM_BOOLEAN},
    {.name = NULL}};
static const struct param preview_params[] = {
    {.name = "subscription", .kind = PARAM_TEXT, .flags = PARAM_REQUIRED},
    {.name = "customer", .kind = PARAM_TEXT},
    {.name = "subscription_details", .kind = PARAM_OBJECT, .of = details},
    PARAMS_COMMON};

/* The lines of the next renewal: the items for the period after this one. */
static void add_renewal(struct world *world, json_t *invoice, json_t *subscription) {
    json_t *items = json_object_get(json_object_get(subscription, "items"), "data");
    json_t *first = json_array_get(items, 0);
    set_i64(invoice, "period_start", member_i64(first, "current_period_start"));
    set_i64(invoice, "period_end", member_i64(first, "current_period_end"));
    subscription_next_period(subscription);
    subscription_bill_items(world, invoice, subscription);
}

static void apply_balance(struct world *world, json_t *invoice) {
    const json_t *customer = world_get(world, member(invoice, "customer"));
    int64_t balance = member_i64(customer, "balance");
    struct settlement settlement = settle(member_i64(invoice, "total"), balance, LEAST_CHARGE);
    set_i64(invoice, "starting_balance", balance);
    set_i64(invoice, "ending_balance", settlement.ending_balance);
    set_i64(invoice, "amount_due", settlement.amount_due);
    set_i64(invoice, "amount_remaining", settlement.amount_due);
}

/* The invoice to show; NULL with 404 when nothing will be billed. */
static json_t *compose(struct call *call, json_t *subscription) {
    struct world *world = call->world;
    json_t *given = json_object_get(call->params, "subscription_details");
    struct change change;
    bool resets = false;
    if (!change_read(world, subscription, given, &change) ||
        !sandbox_subscription_change(world, subscription, &change, &resets)) {
        return NULL;
    }
    json_t *cancels = json_object_get(given, "cancel_at_period_end");
    bool ends = json_is_true(
        cancels != NULL ? cancels : json_object_get(subscription, "cancel_at_period_end"));
    bool is_now = resets || member_is(given, "proration_behavior", "always_invoice");
    json_t *invoice = invoice_draft(world, subscription, "upcoming");
    invoice_take_pending(world, invoice, subscription);
    if (resets) {
        subscription_bill_items(world, invoice, subscription);
    } else if (!is_now && !ends) {
        add_renewal(world, invoice, subscription);
    }
    const json_t *lines = json_object_get(json_object_get(invoice, "lines"), "data");
    if (json_array_size(lines) == 0 && !is_now) {
        fault_invalid(&world->fault, "invoice_upcoming_none", "subscription",
                      "No upcoming invoices for customer: '%s'", member(invoice, "customer"));
        world->fault.status = 404;
        return NULL;
    }
    return invoice;
}

static json_t *preview(struct call *call) {
    struct world *world = call->world;
    json_t *subscription =
        world_find(world, "subscription", param_text(call, "subscription"), "subscription");
    if (subscription == NULL) {
        return NULL;
    }
    if (json_is_integer(json_object_get(subscription, "ended_at"))) {
        fault_invalid(&world->fault, "invoice_upcoming_none", "subscription",
                      "The subscription has ended: nothing will be billed.");
        world->fault.status = 404;
        return NULL;
    }
    json_t *invoice = compose(call, subscription);
    if (invoice == NULL) {
        return NULL;
    }
    apply_balance(world, invoice);
    call->is_dry = true;
    json_t *shown = event_render(invoice);
    json_object_set_new(shown, "id", json_sprintf("upcoming_%s", member(invoice, "id")));
    return shown;
}

static const struct route routes[] = {
    {"POST", "/v1/invoices/create_preview", preview, preview_params},
};
const struct route_list preview_routes = {routes, ARRAY_LEN(routes)};
