/* "/portal/:session": the customer's plan, cards and invoices, to be changed with buttons. What a
 * button does goes through the API's own routes. A session is open for an hour. */
#include "sandbox/pages.h"

#include <stdio.h>
#include <string.h>

#include "sandbox/checkout.h"
#include "sandbox/method.h"
#include "sandbox/portal.h"
#include "sandbox/subscription_item.h"

enum { INVOICES_SHOWN = 12 };

static json_t *find(struct page_turn *turn) {
    json_t *session = world_get(&turn->world, turn->id);
    bool is_session = session != NULL && member_is(session, "object", "billing_portal.session");
    return is_session ? session : NULL;
}

static bool is_open(struct page_turn *turn, const json_t *session) {
    return world_now(&turn->world, NULL) <= member_i64(session, "_opened_at") + PORTAL_LIFE_S;
}

static bool is_live(const json_t *subscription) {
    return !member_is(subscription, "status", "canceled") &&
           !member_is(subscription, "status", "incomplete_expired");
}

/* A form of one button; what it is about is a hidden field. */
static void button(struct page_out *out, const char *action, const char *id, const char *label) {
    html(out, "<form method=\"post\" class=\"inline\"><input type=\"hidden\" name=\"id\" value=\"");
    html_text(out, id);
    html(out, "\"><button class=\"plain\" name=\"do\" value=\"");
    html(out, action);
    html(out, "\">");
    html(out, label);
    html(out, "</button></form>");
}

/* --- the plan --- */

static void plan_show(struct page_turn *turn, const json_t *session, const json_t *subscription) {
    struct page_out *out = &turn->out;
    const json_t *items = json_object_get(json_object_get(subscription, "items"), "data");
    const json_t *item = json_array_get(items, 0);
    const json_t *product = world_get(&turn->world, member(item, "price.product"));
    bool ends = json_is_integer(json_object_get(subscription, "cancel_at"));
    html(out, "<div class=\"row entry\"><div><strong>");
    html_text(out, member(product, "name"));
    html(out, "</strong><p class=\"soft\">");
    html_amount(out, member(subscription, "currency"), member_i64(item_price(item), "unit_amount"));
    html(out, " per ");
    html_text(out, member(item, "price.recurring.interval"));
    html(out, ends ? ". Ends on " : ". Next bill on ");
    html_date(out, ends ? member_i64(subscription, "cancel_at")
                        : member_i64(item, "current_period_end"));
    html(out, "</p></div><span class=\"tag ");
    html(out, member_is(subscription, "status", "active") ? "paid" : "open");
    html(out, "\">");
    html_text(out, member(subscription, "status"));
    html(out, "</span>");
    if (portal_offers(&turn->world, session, "subscription_cancel")) {
        button(out, ends ? "resume" : "cancel", member(subscription, "id"),
               ends ? "Keep the plan" : "Cancel the plan");
    }
    html(out, "</div>");
}

static void plans_show(struct page_turn *turn, const json_t *session) {
    json_t *all = world_list(&turn->world, "subscription", member(session, "customer"));
    const char *only = member(session, "flow.subscription_cancel.subscription");
    int shown = 0;
    html(&turn->out, "<section class=\"card\"><h2>Plan</h2>");
    for (size_t i = 0; i < json_array_size(all); i++) {
        const json_t *one = json_array_get(all, i);
        bool is_meant = only[0] == '\0' || member_is(one, "id", only);
        if (is_live(one) && is_meant) {
            plan_show(turn, session, one);
            shown++;
        }
    }
    json_decref(all);
    html(&turn->out, shown == 0 ? "<p class=\"soft\">None.</p></section>" : "</section>");
}

/* --- payment methods --- */

static void method_show(struct page_out *out, const json_t *method, bool is_default) {
    const char *brand = member(method, "card.brand");
    const char *last4 = member(method, "card.last4");
    html(out, "<div class=\"row entry\"><div><strong>");
    html_text(out, brand[0] == '\0' ? "Bank account" : brand);
    html(out, " •••• ");
    html_text(out, last4[0] == '\0' ? member(method, "us_bank_account.last4") : last4);
    html(out, "</strong>");
    if (brand[0] != '\0') {
        buf_printf(&out->text, "<p class=\"soft\">Expires %02lld / %lld</p>",
                   (long long)member_i64(method, "card.exp_month"),
                   (long long)member_i64(method, "card.exp_year"));
    }
    html(out, "</div>");
    if (is_default) {
        html(out, "<span class=\"tag\">Default</span>");
    } else {
        button(out, "default", member(method, "id"), "Make default");
        button(out, "remove", member(method, "id"), "Remove");
    }
    html(out, "</div>");
}

static void methods_show(struct page_turn *turn, const json_t *session) {
    struct page_out *out = &turn->out;
    const json_t *customer = world_get(&turn->world, member(session, "customer"));
    const char *chosen = member(customer, "invoice_settings.default_payment_method");
    json_t *all = world_list(&turn->world, "payment_method", member(session, "customer"));
    html(out, "<section class=\"card\"><h2>Payment methods</h2>");
    for (size_t i = 0; i < json_array_size(all); i++) {
        const json_t *one = json_array_get(all, i);
        if (!member_is(one, "type", "customer_balance")) {
            method_show(out, one, member_is(one, "id", chosen));
        }
    }
    json_decref(all);
    html(out, "<details><summary>Add a card</summary><p class=\"soft\">Stripe's test cards, such "
              "as 4242 4242 4242 4242. <strong>Never enter a real card.</strong></p><form "
              "method=\"post\"><div class=\"wide\"><label for=\"number\">Card number</label><input "
              "id=\"number\" name=\"number\" required inputmode=\"numeric\" autocomplete=\"off\" "
              "maxlength=\"23\"></div><button class=\"wide\" name=\"do\" value=\"card\">Add and "
              "use it</button></form></details></section>");
}

/* --- invoices --- */

static void invoices_show(struct page_turn *turn, const json_t *session) {
    struct page_out *out = &turn->out;
    json_t *all = world_list(&turn->world, "invoice", member(session, "customer"));
    size_t shown = 0;
    html(out, "<section class=\"card\"><h2>Invoices</h2><table class=\"lines\"><thead><tr><th "
              "scope=\"col\">Invoice</th><th scope=\"col\">Status</th><th scope=\"col\" "
              "class=\"n\">Amount</th></tr></thead><tbody>");
    for (size_t i = 0; i < json_array_size(all) && shown < INVOICES_SHOWN; i++) {
        const json_t *one = json_array_get(all, i);
        if (member_is(one, "hosted_invoice_url", "")) {
            continue;
        }
        html(out, "<tr><td><a href=\"/invoice/");
        html_text(out, member(one, "id"));
        html(out, "\">");
        html_date(out, member_i64(one, "created"));
        html(out, "</a></td>");
        html_cell(out, member(one, "status"));
        html(out, "<td class=\"n\">");
        html_amount(out, member(one, "currency"), member_i64(one, "total"));
        html(out, "</td></tr>");
        shown++;
    }
    json_decref(all);
    html(out, "</tbody></table>");
    html(out, shown == 0 ? "<p class=\"soft\">None yet.</p></section>" : "</section>");
}

/* --- the page --- */

static void head_show(struct page_turn *turn, const json_t *session, const char *problem) {
    struct page_out *out = &turn->out;
    const json_t *customer = world_get(&turn->world, member(session, "customer"));
    const json_t *configuration = world_get(&turn->world, member(session, "configuration"));
    const char *headline = member(configuration, "business_profile.headline");
    const char *email = member(customer, "email");
    const char *back = member(session, "return_url");
    html(out, "<h1>");
    html_text(out, headline[0] == '\0' ? "Billing" : headline);
    html(out, "</h1><p class=\"soft lead\">");
    html_text(out, email[0] == '\0' ? member(customer, "id") : email);
    html(out, "</p>");
    if (back[0] != '\0') {
        html(out, "<p><a href=\"");
        html_text(out, back);
        html(out, "\">Back to the shop</a></p>");
    }
    if (problem[0] != '\0') {
        html(out, "<p class=\"problem\" role=\"alert\">");
        html_text(out, problem);
        html(out, "</p>");
    }
}

static int portal_show(struct page_turn *turn, const json_t *session, const char *problem) {
    struct world *world = &turn->world;
    const char *flow = member(session, "flow.type");
    head_show(turn, session, problem);
    if (flow[0] == '\0' || strcmp(flow, "subscription_cancel") == 0) {
        plans_show(turn, session);
    }
    if (portal_offers(world, session, "payment_method_update")) {
        methods_show(turn, session);
    }
    if (portal_offers(world, session, "invoice_history")) {
        invoices_show(turn, session);
    }
    return problem[0] == '\0' ? 200 : 402;
}

static int over_show(struct page_turn *turn) {
    html(&turn->out, "<div class=\"card\"><h1>This page has expired</h1><p>Go back and open it "
                     "again.</p></div>");
    return 200;
}

int page_portal(struct page_turn *turn) {
    json_t *session = find(turn);
    if (session == NULL) {
        return 404;
    }
    return is_open(turn, session) ? portal_show(turn, session, "") : over_show(turn);
}

/* --- what the buttons do; false with a fault --- */

/* Does one thing through the API; takes `params`. */
static bool do_call(struct world *world, const char *method, const char *path, json_t *params) {
    json_t *answer = route_call(world, method, path, params);
    json_decref(params);
    json_decref(answer);
    return answer != NULL;
}

static bool is_own(struct world *world, const json_t *session, const char *type, const char *id) {
    const json_t *object = world_find(world, type, id, "id");
    return object != NULL && (member_is(object, "customer", member(session, "customer")) ||
                              fault_missing(&world->fault, type, "id", id));
}

static bool do_plan(struct world *world, const json_t *session, const char *id, bool cancels) {
    char path[128];
    const json_t *configuration = world_get(world, member(session, "configuration"));
    bool is_now = member_is(configuration, "features.subscription_cancel.mode", "immediately");
    if (!portal_offers(world, session, "subscription_cancel") ||
        !is_own(world, session, "subscription", id)) {
        return false;
    }
    (void)snprintf(path, sizeof path, "/v1/subscriptions/%.90s", id);
    return cancels && is_now ? do_call(world, "DELETE", path, json_object())
                             : do_call(world, "POST", path,
                                       json_pack("{s:b}", "cancel_at_period_end", cancels ? 1 : 0));
}

/* The customer's default, and that of every live subscription that has one of its own. */
static bool do_default(struct world *world, const json_t *session, const char *id) {
    char path[128];
    const char *customer = member(session, "customer");
    (void)snprintf(path, sizeof path, "/v1/customers/%.90s", customer);
    bool is_well =
        is_own(world, session, "payment_method", id) &&
        do_call(world, "POST", path,
                json_pack("{s:{s:s}}", "invoice_settings", "default_payment_method", id));
    json_t *all = world_list(world, "subscription", customer);
    for (size_t i = 0; is_well && i < json_array_size(all); i++) {
        const json_t *one = json_array_get(all, i);
        if (!is_live(one) || member_is(one, "default_payment_method", "")) {
            continue;
        }
        (void)snprintf(path, sizeof path, "/v1/subscriptions/%.90s", member(one, "id"));
        is_well = do_call(world, "POST", path, json_pack("{s:s}", "default_payment_method", id));
    }
    json_decref(all);
    return is_well;
}

static bool do_remove(struct world *world, const json_t *session, const char *id) {
    char path[128];
    (void)snprintf(path, sizeof path, "/v1/payment_methods/%.90s/detach", id);
    return is_own(world, session, "payment_method", id) &&
           do_call(world, "POST", path, json_object());
}

/* The person who adds a card is here, so that what a bank asks is answered by the button. */
static bool do_card(struct world *world, const json_t *session, const char *number) {
    const struct test_card *card = method_card(world, str_from_cstr(number));
    if (card == NULL) {
        return false;
    }
    json_t *method = checkout_method(world, card);
    const char *id = member(method, "id");
    if (method_attach(world, id, member(session, "customer"), "number") == NULL) {
        return false;
    }
    set_bool(method, "_is_set_up", true);
    event_emit(world, "payment_method.attached", method);
    return do_default(world, session, id);
}

static bool act(struct page_turn *turn, const json_t *session) {
    struct world *world = &turn->world;
    const char *verb = member(turn->form, "do");
    const char *id = member(turn->form, "id");
    bool is_plan = strcmp(verb, "cancel") == 0 || strcmp(verb, "resume") == 0;
    if (is_plan) {
        return do_plan(world, session, id, strcmp(verb, "cancel") == 0);
    }
    if (!portal_offers(world, session, "payment_method_update")) {
        return false;
    }
    if (strcmp(verb, "card") == 0) {
        return do_card(world, session, member(turn->form, "number"));
    }
    return strcmp(verb, "default") == 0  ? do_default(world, session, id)
           : strcmp(verb, "remove") == 0 ? do_remove(world, session, id)
                                         : false;
}

int page_portal_submit(struct page_turn *turn) {
    struct world *world = &turn->world;
    json_t *session = find(turn);
    if (session == NULL) {
        return 404;
    }
    if (!is_open(turn, session)) {
        return over_show(turn);
    }
    if (!act(turn, session)) {
        char problem[sizeof world->fault.message];
        (void)snprintf(problem, sizeof problem, "%s",
                       world->fault.message[0] == '\0' ? "This page does not offer that."
                                                       : world->fault.message);
        world_abandon(world);
        return !world_begin(world) ? 500 : portal_show(turn, find(turn), problem);
    }
    const char *back = member(session, "flow.after_completion.redirect.return_url");
    (void)snprintf(turn->location, sizeof turn->location, "%s%s",
                   back[0] == '\0' ? "/portal/" : back, back[0] == '\0' ? turn->id : "");
    return 303;
}
