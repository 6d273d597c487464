/* How the hosted invoice is paid: with what is saved, with another test card or test account, or by
 * a bank transfer to the account that it shows. A debit under way is not begun again. */
#include <string.h>

#include "sandbox/billing.h"
#include "sandbox/cash_balance.h"
#include "sandbox/checkout.h"
#include "sandbox/invoice.h"
#include "sandbox/method.h"
#include "sandbox/pages.h"
#include "sandbox/payment.h"

static bool is_under_way(struct world *world, const json_t *invoice) {
    const json_t *intent = world_get(world, member(invoice, "_intent"));
    return intent != NULL && member_is(intent, "status", "processing");
}

/* The kinds that the invoice names, else what its currency allows. */
static bool takes(const json_t *invoice, const char *type) {
    const json_t *types =
        json_object_get(json_object_get(invoice, "payment_settings"), "payment_method_types");
    bool is_usd = member_is(invoice, "currency", "usd");
    for (size_t i = 0; i < json_array_size(types); i++) {
        if (strcmp(json_string_value(json_array_get(types, i)), type) == 0) {
            return true;
        }
    }
    if (json_array_size(types) > 0) {
        return false;
    }
    bool is_eur = member_is(invoice, "currency", "eur");
    return strcmp(type, "card") == 0 || (is_usd && strcmp(type, "us_bank_account") == 0) ||
           (is_eur && strcmp(type, "sepa_debit") == 0) ||
           (strcmp(type, "customer_balance") == 0 &&
            member_is(invoice, "collection_method", "send_invoice"));
}

static void amount_show(struct page_out *out, const json_t *invoice) {
    html_amount(out, member(invoice, "currency"), member_i64(invoice, "amount_remaining"));
}

static void saved_show(struct page_out *out, const json_t *invoice, const json_t *method) {
    const char *brand = member(method, "card.brand");
    const char *last4 = member(method, brand[0] == '\0' ? "us_bank_account.last4" : "card.last4");
    html(out, "<form method=\"post\"><button class=\"wide\" name=\"pay\" value=\"now\">Pay ");
    amount_show(out, invoice);
    html(out, "</button><p class=\"soft wide\">With the saved ");
    html_text(out, brand[0] == '\0' ? "bank account" : brand);
    html(out, " •••• ");
    html_text(out, last4);
    html(out, ". A card that asks for approval has it by the press of the button.</p></form>");
}

/* A folded form with one field for a number. */
static void number_show(struct page_out *out, const json_t *invoice, const char *name,
                        const char *const words[3]) {
    html(out, "<details><summary>");
    html(out, words[0]);
    html(out, "</summary><p class=\"soft\">");
    html(out, words[1]);
    html(out, "</p><form method=\"post\"><div class=\"wide\"><label for=\"");
    html(out, name);
    html(out, "\">");
    html(out, words[2]);
    html(out, "</label><input id=\"");
    html(out, name);
    html(out, "\" name=\"");
    html(out, name);
    html(out, "\" required inputmode=\"numeric\" autocomplete=\"off\" maxlength=\"23\"></div>"
              "<button class=\"wide\" name=\"pay\" value=\"");
    html(out, name);
    html(out, "\">Pay ");
    amount_show(out, invoice);
    html(out, "</button></form></details>");
}

static void transfer_part(struct page_turn *turn, const json_t *invoice) {
    struct page_out *out = &turn->out;
    const char *type = transfer_type_of(member(invoice, "currency"));
    json_t *customer = world_get(&turn->world, member(invoice, "customer"));
    if (type == NULL) {
        return;
    }
    json_t *shown =
        json_pack("{s:o, s:s}", "financial_addresses", transfer_addresses(customer, type),
                  "reference", member(invoice, "number"));
    html(out, "<details><summary>Pay by bank transfer</summary><p>Send the whole amount to this "
              "account, with the reference.</p>");
    transfer_show(out, shown);
    html(out, "</details>");
    json_decref(shown);
}

void invoice_pay_show(struct page_turn *turn, json_t *invoice) {
    static const char *const card[3] = {
        "Use another card",
        ("Stripe's test cards, such as 4242 4242 4242 4242. <strong>Never enter a real "
         "card.</strong>"),
        "Card number"};
    static const char *const account[3] = {
        "Use a US bank account",
        ("Stripe's test accounts, such as 000123456789. <strong>Never enter a real "
         "account.</strong>"),
        "Account number"};
    static const char *const sepa[3] = {
        "Pay by SEPA debit",
        ("Stripe's test IBANs, such as AT611904300234573201. <strong>Never enter a real "
         "one.</strong>"),
        "IBAN"};
    struct page_out *out = &turn->out;
    if (!member_is(invoice, "status", "open")) {
        return;
    }
    if (is_under_way(&turn->world, invoice)) {
        html(out, "<p class=\"soft screen\">A bank debit for this invoice is on its way. It "
                  "arrives within four business days.</p>");
        return;
    }
    const json_t *saved = world_get(&turn->world, invoice_method_of(&turn->world, invoice));
    html(out, "<div class=\"screen ways\">");
    if (saved != NULL) {
        saved_show(out, invoice, saved);
    }
    if (takes(invoice, "card")) {
        number_show(out, invoice, "card", card);
    }
    if (takes(invoice, "us_bank_account")) {
        number_show(out, invoice, "account", account);
    }
    if (takes(invoice, "sepa_debit")) {
        number_show(out, invoice, "account", sepa);
    }
    if (takes(invoice, "customer_balance")) {
        transfer_part(turn, invoice);
    }
    html(out, "</div>");
}

/* A method of what was typed, attached to the invoice's customer; NULL with a fault. */
static json_t *method_typed(struct page_turn *turn, const json_t *invoice, const char *name) {
    struct world *world = &turn->world;
    struct str number = str_from_cstr(member(turn->form, name));
    bool is_account = strcmp(name, "account") == 0;
    const struct test_card *card = is_account ? card_by_number(number) : method_card(world, number);
    if (is_account && (card == NULL || !card_is_debit(card) || !takes(invoice, card_type(card)))) {
        fault_invalid(&world->fault, NULL, "account",
                      "This sandbox takes Stripe's test accounts only, such as %s.",
                      takes(invoice, "sepa_debit") ? "AT611904300234573201" : "000123456789");
        return NULL;
    }
    if (card == NULL) {
        return NULL;
    }
    json_t *method = checkout_method(world, card);
    if (method_attach(world, member(method, "id"), member(invoice, "customer"), name) == NULL) {
        return NULL;
    }
    event_emit(world, "payment_method.attached", method);
    return method;
}

bool invoice_pay(struct page_turn *turn, json_t *invoice) {
    struct world *world = &turn->world;
    const char *way = member(turn->form, "pay");
    bool is_typed = strcmp(way, "card") == 0 || strcmp(way, "account") == 0;
    if (is_under_way(world, invoice)) {
        return fault_invalid(&world->fault, NULL, NULL,
                             "A payment for this invoice is already on its way.");
    }
    json_t *typed = is_typed ? method_typed(turn, invoice, way) : NULL;
    if (is_typed && typed == NULL) {
        return false;
    }
    enum pay_result result =
        invoice_collect(world, invoice, is_typed ? member(typed, "id") : "", false);
    json_t *intent = world_get(world, member(invoice, "_intent"));
    json_t *method = world_get(world, member(intent, "payment_method"));
    if (result == PAY_NEEDS_ACTION && method != NULL) {
        result = intent_approve(world, intent, method);
    }
    return result == PAY_PAID || result == PAY_PROCESSING ||
           fault_card(&world->fault, "card_declined", NULL, "The payment was declined.");
}
