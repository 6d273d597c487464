/* The pages of other people's houses: the bank that asks ("/3ds/:intent"), microdeposits
 * ("/verify/:intent"), where a transfer goes ("/transfer/:intent"), and a receipt. */
#include "sandbox/pages.h"

#include <stdio.h>
#include <string.h>

#include "sandbox/payment.h"
#include "sandbox/setup.h"
#include "sandbox/us_bank_account.h"

static json_t *find_intent(struct page_turn *turn) {
    json_t *found = world_get(&turn->world, turn->id);
    bool is_intent = found != NULL && (member_is(found, "object", "payment_intent") ||
                                       member_is(found, "object", "setup_intent"));
    return is_intent ? found : NULL;
}

static bool is_setup(const json_t *intent) {
    return member_is(intent, "object", "setup_intent");
}

static bool awaits(const json_t *intent, const char *first, const char *second) {
    return member_is(intent, "status", "requires_action") &&
           (member_is(intent, "next_action.type", first) ||
            member_is(intent, "next_action.type", second));
}

static void problem_show(struct page_out *out, const char *problem) {
    if (problem[0] != '\0') {
        html(out, "<p class=\"problem\" role=\"alert\">");
        html_text(out, problem);
        html(out, "</p>");
    }
}

static int done_show(struct page_turn *turn, const json_t *intent) {
    struct page_out *out = &turn->out;
    bool is_well = member_is(intent, "status", "succeeded") ||
                   member_is(intent, "status", "processing") ||
                   member_is(intent, "status", "requires_capture");
    html(out, "<div class=\"card\"><h1>");
    html(out, is_well ? "This is done" : "This did not work");
    html(out, "</h1><p>");
    html(out, is_well ? "You can close this page." : "Go back and use another payment method.");
    html(out, "</p></div>");
    return 200;
}

/* Where the merchant wants the customer back, with what its page needs to know; false without. */
static bool go_back(struct page_turn *turn, const json_t *intent) {
    const char *url = member(intent, "_return_url");
    const char *name = is_setup(intent) ? "setup_intent" : "payment_intent";
    bool is_well = !member_is(intent, "status", "requires_payment_method");
    if (url[0] == '\0') {
        return false;
    }
    (void)snprintf(turn->location, sizeof turn->location,
                   "%s%s%s=%s&%s_client_secret=%s&redirect_status=%s", url,
                   strchr(url, '?') == NULL ? "?" : "&", name, member(intent, "id"), name,
                   member(intent, "client_secret"), is_well ? "succeeded" : "failed");
    return true;
}

/* --- 3-D Secure --- */

static bool awaits_bank(const json_t *intent) {
    return awaits(intent, "use_stripe_sdk", "redirect_to_url");
}

int page_bank(struct page_turn *turn) {
    struct page_out *out = &turn->out;
    json_t *intent = find_intent(turn);
    if (intent == NULL) {
        return 404;
    }
    if (!awaits_bank(intent)) {
        return done_show(turn, intent);
    }
    html(out, "<div class=\"card\"><h1>Your bank asks</h1><p>");
    if (is_setup(intent)) {
        html(out, "Is this card to be saved for later payments?");
    } else {
        html(out, "Do you approve this payment of <strong>");
        html_amount(out, member(intent, "currency"), member_i64(intent, "amount"));
        html(out, "</strong>?");
    }
    html(out, "</p><p class=\"soft\">This stands in for the page of a bank (3-D Secure).</p>"
              "<form method=\"post\"><button name=\"answer\" value=\"approve\">Approve</button>"
              "<button class=\"plain\" name=\"answer\" value=\"refuse\">Refuse</button></form>"
              "</div>");
    return 200;
}

static void answer_payment(struct world *world, json_t *intent, bool approves) {
    if (approves) {
        (void)intent_approve(world, intent, world_get(world, member(intent, "payment_method")));
    } else {
        intent_refuse(world, intent);
    }
}

static void answer_setup(struct world *world, json_t *intent, bool approves) {
    if (approves) {
        (void)setup_confirm(world, intent, member(intent, "payment_method"), true);
    } else {
        setup_refuse(world, intent, "setup_intent_authentication_failure");
    }
}

int page_bank_submit(struct page_turn *turn) {
    json_t *intent = find_intent(turn);
    bool approves = member_is(turn->form, "answer", "approve");
    if (intent == NULL) {
        return 404;
    }
    if (!awaits_bank(intent)) {
        return done_show(turn, intent);
    }
    if (!approves && !member_is(turn->form, "answer", "refuse")) {
        (void)page_bank(turn);
        return 400;
    }
    if (is_setup(intent)) {
        answer_setup(&turn->world, intent, approves);
    } else {
        answer_payment(&turn->world, intent, approves);
    }
    return go_back(turn, intent) ? 303 : done_show(turn, intent);
}

/* --- microdeposits --- */

static void verify_show(struct page_turn *turn, const char *problem) {
    struct page_out *out = &turn->out;
    html(out, "<div class=\"card\"><h1>Verify your bank account</h1><p>A deposit of $0.01 with a "
              "code that begins with SM was sent to it.</p>");
    problem_show(out, problem);
    html(out, "<form method=\"post\"><div class=\"wide\"><label for=\"code\">Code</label><input "
              "id=\"code\" name=\"code\" required maxlength=\"6\" autocomplete=\"off\" "
              "aria-describedby=\"codes\"></div><p id=\"codes\" class=\"soft wide\">In this "
              "sandbox SM11AA is right, SM33CC was tried too often, SM44DD is too late.</p><button "
              "class=\"wide\">Verify</button></form></div>");
}

int page_verify(struct page_turn *turn) {
    json_t *intent = find_intent(turn);
    if (intent == NULL) {
        return 404;
    }
    if (!awaits(intent, "verify_with_microdeposits", "")) {
        return done_show(turn, intent);
    }
    verify_show(turn, "");
    return 200;
}

static void verified(struct world *world, json_t *intent, json_t *method) {
    if (is_setup(intent)) {
        (void)setup_confirm(world, intent, member(method, "id"), true);
    } else {
        intent_verified(world, intent, method);
    }
}

static void unverified(struct world *world, json_t *intent, const char *code) {
    if (is_setup(intent)) {
        setup_refuse(world, intent, code);
    } else {
        intent_unverified(world, intent, code);
    }
}

int page_verify_submit(struct page_turn *turn) {
    struct world *world = &turn->world;
    json_t *intent = find_intent(turn);
    const char *code = NULL;
    if (intent == NULL) {
        return 404;
    }
    if (!awaits(intent, "verify_with_microdeposits", "")) {
        return done_show(turn, intent);
    }
    json_t *method = world_get(world, member(intent, "payment_method"));
    json_t *params = json_pack("{s:s}", "descriptor_code", member(turn->form, "code"));
    struct call call = {.world = world, .params = params, .id = turn->id};
    enum bank_verdict verdict = bank_verify(&call, intent, method, &code);
    json_decref(params);
    switch (verdict) {
    case BANK_WRONG:
        verify_show(turn, world->fault.message);
        return 400;
    case BANK_VERIFIED:
        verified(world, intent, method);
        break;
    case BANK_OVER:
        unverified(world, intent, code);
        break;
    }
    return go_back(turn, intent) ? 303 : done_show(turn, intent);
}

/* --- bank transfers --- */

static void fact(struct page_out *out, const char *label, const char *value) {
    if (value[0] == '\0') {
        return;
    }
    html(out, "<div><dt>");
    html(out, label);
    html(out, "</dt><dd>");
    html_text(out, value);
    html(out, "</dd></div>");
}

void transfer_show(struct page_out *out, const json_t *instructions) {
    static const struct {
        const char *path, *label;
    } facts[] = {
        {"aba.routing_number", "Routing number"},
        {"aba.account_number", "Account number"},
        {"aba.bank_name", "Bank"},
        {"swift.swift_code", "SWIFT code"},
        {"iban.iban", "IBAN"},
        {"iban.bic", "BIC"},
        {"sort_code.sort_code", "Sort code"},
        {"sort_code.account_number", "Account number"},
        {"zengin.bank_name", "Bank"},
        {"zengin.branch_name", "Branch"},
        {"zengin.account_number", "Account"},
        {"spei.clabe", "CLABE"},
    };
    const json_t *addresses = json_object_get(instructions, "financial_addresses");
    html(out, "<dl class=\"facts\">");
    for (size_t i = 0; i < json_array_size(addresses); i++) {
        for (size_t j = 0; j < ARRAY_LEN(facts); j++) {
            fact(out, facts[j].label, member(json_array_get(addresses, i), facts[j].path));
        }
    }
    fact(out, "Reference", member(instructions, "reference"));
    html(out, "</dl>");
}

int page_transfer(struct page_turn *turn) {
    struct page_out *out = &turn->out;
    json_t *intent = find_intent(turn);
    if (intent == NULL || is_setup(intent)) {
        return 404;
    }
    if (!awaits(intent, "display_bank_transfer_instructions", "")) {
        return done_show(turn, intent);
    }
    const json_t *instructions = json_object_get(json_object_get(intent, "next_action"),
                                                 "display_bank_transfer_instructions");
    html(out, "<div class=\"card\"><h1>Pay by bank transfer</h1><p>Send <strong>");
    html_amount(out, member(intent, "currency"), member_i64(instructions, "amount_remaining"));
    html(out, "</strong> to this account, with the reference.</p>");
    transfer_show(out, instructions);
    html(out, "<p class=\"soft\">No bank can reach it: in this sandbox the transfer is made with "
              "the test helper fund_cash_balance.</p></div>");
    return 200;
}

/* --- receipts --- */

int page_receipt(struct page_turn *turn) {
    struct page_out *out = &turn->out;
    json_t *charge = world_get(&turn->world, turn->id);
    if (charge == NULL || !member_is(charge, "object", "charge")) {
        return 404;
    }
    html(out, "<article class=\"card\"><h1>Receipt</h1><dl class=\"facts\"><div><dt>Amount</dt>"
              "<dd>");
    html_amount(out, member(charge, "currency"), member_i64(charge, "amount_captured"));
    html(out, "</dd></div><div><dt>Date</dt><dd>");
    html_date(out, member_i64(charge, "created"));
    html(out, "</dd></div>");
    fact(out, "For", member(charge, "description"));
    fact(out, "Card", member(charge, "payment_method_details.card.last4"));
    fact(out, "Bank account", member(charge, "payment_method_details.us_bank_account.last4"));
    if (member_i64(charge, "amount_refunded") > 0) {
        html(out, "<div><dt>Refunded</dt><dd>");
        html_amount(out, member(charge, "currency"), member_i64(charge, "amount_refunded"));
        html(out, "</dd></div>");
    }
    html(out, "</dl></article>");
    return 200;
}
