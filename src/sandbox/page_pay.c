/* "/pay/:session": where a person pays, subscribes or saves a method with a test card or a test
 * bank account, and is sent back. Every number that is not on Stripe's list of test numbers is
 * refused and never stored. */
#include "sandbox/pages.h"

#include <stdio.h>
#include <string.h>

#include "sandbox/checkout.h"
#include "sandbox/method.h"

static json_t *open_session(struct page_turn *turn) {
    json_t *session = world_get(&turn->world, turn->id);
    bool is_session = session != NULL && member_is(session, "object", "checkout.session");
    return is_session ? session : NULL;
}

/* Ends the div that the caller began. */
static void field(struct page_out *out, const char *name, const char *label, const char *more) {
    html(out, "<label for=\"");
    html(out, name);
    html(out, "\">");
    html(out, label);
    html(out, "</label><input id=\"");
    html(out, name);
    html(out, "\" name=\"");
    html(out, name);
    html(out, "\" required ");
    html(out, more);
    html(out, "></div>");
}

static bool takes(const json_t *session, const char *type) {
    const json_t *types = json_object_get(session, "payment_method_types");
    for (size_t i = 0; i < json_array_size(types); i++) {
        if (strcmp(json_string_value(json_array_get(types, i)), type) == 0) {
            return true;
        }
    }
    return false;
}

static void account_fields(struct page_out *out, bool is_sepa) {
    if (is_sepa) {
        html(out,
             "<p class=\"soft\">Use Stripe's test IBAN AT611904300234573201, or another of its "
             "test IBANs. <strong>Never enter a real one.</strong></p><form "
             "method=\"post\"><div class=\"wide\">");
        field(out, "account", "IBAN", "autocomplete=\"off\"");
        return;
    }
    html(out, "<p class=\"soft\">Use Stripe's test account 000123456789, or another of its test "
              "accounts. <strong>Never enter a real account.</strong></p><form method=\"post\">"
              "<div class=\"wide\">");
    field(out, "account", "Account number", "inputmode=\"numeric\" autocomplete=\"off\"");
    html(out, "<div class=\"wide\">");
    field(out, "routing", "Routing number", "autocomplete=\"off\" value=\"110000000\"");
}

static void card_fields(struct page_out *out) {
    html(out, "<p class=\"soft\">Use one of the test cards below. <strong>Never enter a real "
              "card.</strong></p><form method=\"post\"><div class=\"wide\">");
    field(out, "number", "Card number",
          "inputmode=\"numeric\" autocomplete=\"off\" maxlength=\"23\" "
          "placeholder=\"4242 4242 4242 4242\"");
    html(out, "<div>");
    field(out, "expiry", "Expiry (MM / YY)",
          "autocomplete=\"off\" maxlength=\"7\" value=\"12 / 34\"");
    html(out, "<div>");
    field(out, "cvc", "Security code",
          "inputmode=\"numeric\" autocomplete=\"off\" maxlength=\"4\" value=\"123\"");
}

/* Of the list of test cards those that a person wants to try. */
static void cards_show(struct page_out *out) {
    static const char *const cards[][2] = {
        {"4242 4242 4242 4242", "pays"},
        {"5555 5555 5555 4444", "pays, a Mastercard"},
        {"4000 0000 0000 0341", "is saved, then every payment is declined"},
        {"4000 0025 0000 3155", "asks for your approval now, not later"},
        {"4000 0027 6000 3184", "asks for your approval at each payment"},
        {"4000 0082 6000 3178", "asks, then has insufficient funds"},
        {"4000 0000 0000 9995", "is refused: insufficient funds"},
        {"4000 0000 0000 0069", "is refused: expired"},
    };
    html(out, "<table class=\"cards\"><caption>Test cards</caption><tbody>");
    for (size_t i = 0; i < ARRAY_LEN(cards); i++) {
        html(out, "<tr><th scope=\"row\">");
        html(out, cards[i][0]);
        html(out, "</th><td>");
        html(out, cards[i][1]);
        html(out, "</td></tr>");
    }
    html(out, "</tbody></table>");
}

static void back_show(struct page_out *out, const json_t *session) {
    const char *back = member(session, "cancel_url");
    if (back[0] != '\0') {
        html(out, "<p><a href=\"");
        html_text(out, back);
        html(out, "\">Back</a></p>");
    }
}

static const struct words {
    const char *mode, *title, *button, *done;
} words[] = {
    {"setup", "Save a payment method", "Save", "The payment method was saved."},
    {"payment", "Pay", "Pay ", "The payment was made."},
    {"subscription", "Subscribe", "Subscribe for ", "The subscription has begun."},
};

static const struct words *words_of(const json_t *session) {
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (member_is(session, "mode", words[i].mode)) {
            return &words[i];
        }
    }
    return &words[0];
}

static void every_show(struct page_out *out, const json_t *price) {
    int64_t count = member_i64(price, "recurring.interval_count");
    const char *interval = member(price, "recurring.interval");
    if (interval[0] == '\0') {
        return;
    }
    html(out, count > 1 ? " every " : " per ");
    if (count > 1) {
        buf_printf(&out->text, "%lld ", (long long)count);
    }
    html_text(out, interval);
    html(out, count > 1 ? "s" : "");
}

/* What is bought, line by line, and the sum. */
static void items_show(struct page_out *out, const json_t *session) {
    const json_t *items = json_object_get(session, "_items");
    const char *currency = member(session, "currency");
    if (json_array_size(items) == 0) {
        return;
    }
    html(out, "<dl class=\"sums whole\">");
    for (size_t i = 0; i < json_array_size(items); i++) {
        const json_t *item = json_array_get(items, i);
        int64_t quantity = member_i64(item, "quantity");
        html(out, "<div><dt>");
        html_text(out, member(item, "description"));
        if (quantity > 1) {
            buf_printf(&out->text, " × %lld", (long long)quantity);
        }
        html(out, "</dt><dd>");
        html_amount(out, currency, member_i64(item, "amount_subtotal"));
        every_show(out, json_object_get(item, "price"));
        html(out, "</dd></div>");
    }
    int64_t discount = member_i64(session, "total_details.amount_discount");
    if (discount > 0) {
        html(out, "<div><dt>Discount</dt><dd>");
        html_amount(out, currency, -discount);
        html(out, "</dd></div>");
    }
    html(out, "<div class=\"due\"><dt>Due today</dt><dd>");
    html_amount(out, currency, member_i64(session, "amount_total"));
    html(out, "</dd></div></dl>");
}

static void button_show(struct page_out *out, const json_t *session) {
    const struct words *own = words_of(session);
    html(out, "<button class=\"wide\" type=\"submit\">");
    html(out, own->button);
    if (!member_is(session, "mode", "setup")) {
        html_amount(out, member(session, "currency"), member_i64(session, "amount_total"));
    }
    html(out, "</button></form>");
}

/* The forms for what the session takes; the second is folded away under its name. */
static void methods_show(struct page_out *out, const json_t *session) {
    bool is_card = takes(session, "card");
    bool is_sepa = takes(session, "sepa_debit");
    bool is_account = is_sepa || takes(session, "us_bank_account");
    if (is_card) {
        card_fields(out);
        button_show(out, session);
    }
    if (is_account) {
        html(out, is_card ? (is_sepa ? "<details><summary>Pay by SEPA debit instead</summary>"
                                     : "<details><summary>Use a US bank account instead</summary>")
                          : "");
        account_fields(out, is_sepa);
        button_show(out, session);
        html(out, is_card ? "</details>" : "");
    }
}

static void form_show(struct page_turn *turn, const json_t *session, const char *problem) {
    struct page_out *out = &turn->out;
    html(out, "<div class=\"card\"><h1>");
    html(out, words_of(session)->title);
    html(out, "</h1>");
    items_show(out, session);
    if (problem != NULL) {
        html(out, "<p class=\"problem\" role=\"alert\">");
        html_text(out, problem);
        html(out, "</p>");
    }
    methods_show(out, session);
    back_show(out, session);
    html(out, "</div>");
    if (takes(session, "card")) {
        cards_show(out);
    }
}

/* A card that asks: the stand-in for the bank's page. */
static void ask_show(struct page_turn *turn) {
    struct page_out *out = &turn->out;
    html(out, "<div class=\"card\"><h1>Your bank asks</h1><p>This test card needs your approval, "
              "as 3-D Secure would ask for it.</p><form method=\"post\"><input type=\"hidden\" "
              "name=\"number\" value=\"");
    html_text(out, member(turn->form, "number"));
    html(out, "\"><button name=\"answer\" value=\"approve\">Approve</button><button "
              "class=\"plain\" name=\"answer\" value=\"refuse\">Refuse</button></form></div>");
}

static int over_show(struct page_turn *turn, const json_t *session) {
    struct page_out *out = &turn->out;
    if (!member_is(session, "status", "complete")) {
        html(out, "<div class=\"card\"><h1>This page has expired</h1><p>Go back and start "
                  "again.</p></div>");
        return 200;
    }
    html(out, "<div class=\"card\"><h1>This is done</h1><p>");
    html(out, words_of(session)->done);
    html(out, "</p></div>");
    return 200;
}

int page_pay(struct page_turn *turn) {
    json_t *session = open_session(turn);
    if (session == NULL) {
        return 404;
    }
    if (!member_is(session, "status", "open")) {
        return over_show(turn, session);
    }
    form_show(turn, session, NULL);
    return 200;
}

/* success_url with {CHECKOUT_SESSION_ID} filled in. */
static void set_location(struct page_turn *turn, json_t *session) {
    static const char mark[] = "{CHECKOUT_SESSION_ID}";
    const char *url = member(session, "success_url");
    const char *place = strstr(url, mark);
    size_t before = place == NULL ? strlen(url) : (size_t)(place - url);
    (void)snprintf(turn->location, sizeof turn->location, "%.*s%s%s", (int)before, url,
                   place == NULL ? "" : turn->id, place == NULL ? "" : place + sizeof mark - 1);
}

/* The test card, or test account where one is allowed; NULL with a fault for any other number. A
 * form that has one field only may hold either. */
static const struct test_card *chosen(struct page_turn *turn, const json_t *session) {
    const char *account_number = member(turn->form, "account");
    bool is_account_form = account_number[0] != '\0' || !takes(session, "card");
    const char *number = account_number[0] != '\0' ? account_number : member(turn->form, "number");
    if (!is_account_form) {
        return method_card(&turn->world, str_from_cstr(number));
    }
    const struct test_card *account = card_by_number(str_from_cstr(number));
    if (account != NULL && card_is_debit(account) && takes(session, card_type(account))) {
        return account;
    }
    fault_invalid(&turn->world.fault, NULL, "account",
                  "This sandbox takes Stripe's test accounts only, such as %s.",
                  takes(session, "sepa_debit") ? "AT611904300234573201" : "000123456789");
    return NULL;
}

/* A refusal: what it left behind goes, unless it is Stripe's to keep. */
static int refuse(struct page_turn *turn) {
    struct world *world = &turn->world;
    char problem[sizeof world->fault.message];
    (void)snprintf(problem, sizeof problem, "%s", world->fault.message);
    if (!world->fault.keeps_changes) {
        world_abandon(world);
        if (!world_begin(world)) {
            return 500;
        }
    }
    json_t *session = open_session(turn);
    if (session == NULL) {
        return 500;
    }
    form_show(turn, session, problem);
    return 402;
}

int page_pay_submit(struct page_turn *turn) {
    struct world *world = &turn->world;
    json_t *session = open_session(turn);
    if (session == NULL) {
        return 404;
    }
    if (!member_is(session, "status", "open")) {
        return over_show(turn, session);
    }
    const struct test_card *card = chosen(turn, session);
    bool has_answer = !member_is(turn->form, "answer", "");
    if (card != NULL && member_is(turn->form, "answer", "refuse")) {
        form_show(turn, session, "You did not approve the card at your bank. Try another one.");
        return 402;
    }
    if (card == NULL ||
        !checkout_complete(world, session, checkout_method(world, card), has_answer)) {
        return refuse(turn);
    }
    if (member_is(session, "status", "open")) {
        ask_show(turn);
        return 200;
    }
    set_location(turn, session);
    return 303;
}
