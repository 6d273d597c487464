/* Paying by bank transfer: the terms that an operator gives, and where to send the money. */
#include "api/admin_resources.h"
#include "api/billing_resources.h"
#include "api/resources.h"

#include "app/transfer.h"

/* --- terms --- */

struct terms {
    struct str user_id;
    int64_t days_until_due;
};

static const struct shape_field terms_in_fields[] = {
    {"daysUntilDue",
     "An invoice is sent that is due after so many days; 0: what is bought is charged at once",
     SHAPE_I64, .offset = offsetof(struct terms, days_until_due), .max = DAYS_UNTIL_DUE_MAX},
};
const struct shape billing_terms_in_shape =
    SHAPE("BillingTermsRequest", "How a customer is to be billed", struct terms, terms_in_fields);

static const struct shape_field terms_fields[] = {
    {"userId", "The customer", SHAPE_STR, .offset = offsetof(struct terms, user_id),
     .max = LIMIT_USER_ID},
    {"daysUntilDue", "0: charged", SHAPE_I64, .offset = offsetof(struct terms, days_until_due)},
};
const struct shape billing_terms_shape =
    SHAPE("BillingTerms", "How a customer is billed", struct terms, terms_fields);

struct terms_in_hand {
    struct billing_terms_set set; /* first: `done` hands it back */
    struct api_request *request;
};

static void terms_set(struct command *command) {
    struct terms_in_hand *hand = (struct terms_in_hand *)command;
    if (command->outcome != OUTCOME_DONE) {
        reply_problem(hand->request, (int)command->outcome);
        return;
    }
    struct terms out = {hand->set.user_id, hand->set.days_until_due};
    reply_value(hand->request, 200, &billing_terms_shape, &out);
}

void billing_terms_put_in_force(struct api_request *request) {
    const struct terms *in = request->body;
    struct terms_in_hand *hand = ARENA_NEW(request->arena, struct terms_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->request = request;
    hand->set.user_id = request->values[0];
    hand->set.days_until_due = in->days_until_due;
    hand->set.command.done = terms_set;
    billing_terms_set(request->api->app, &hand->set);
}

/* --- where the money goes --- */

struct transfer_out {
    struct str currency, addresses, available;
    int64_t as_of;
    bool is_told;
};

#define AT(member) offsetof(struct transfer_out, member)
static const struct shape_field transfer_fields[] = {
    {"currency", "ISO 4217, in lower case", SHAPE_STR, .offset = AT(currency), .max = 3,
     .flags = SHAPE_NULLABLE},
    {"addresses", "Stripe's financial_addresses: accounts by which money arrives, always the same",
     SHAPE_JSON, .offset = AT(addresses)},
    {"available", "What has arrived and pays nothing yet: currency to minor units", SHAPE_JSON,
     .offset = AT(available)},
    {"asOf", "When it was last told; null: never, POST asks for it", SHAPE_INSTANT,
     .offset = AT(as_of), .flags = SHAPE_NULLABLE, .is_set = AT(is_told)},
};
#undef AT
const struct shape bank_transfer_shape =
    SHAPE("BankTransfer", "Where a customer sends money, and what waits there", struct transfer_out,
          transfer_fields);

/* As last told. */
static void reply_transfer(struct api_request *request, bool must_be_told) {
    struct tx tx = request_read(request);
    struct bank_transfer_row row;
    bool is_found = false;
    if (reply_if_failed(request, transfer_read(&tx, request->user_id, &row, &is_found))) {
        return;
    }
    if (!is_found && must_be_told) {
        reply_problem(request, OUTCOME_PAYMENT_PENDING);
        return;
    }
    struct transfer_out out = {.addresses = STR("[]"), .available = STR("{}")};
    if (is_found) {
        out = (struct transfer_out){text_or_null(row.currency), row.addresses, row.available,
                                    row.updated_at, true};
    }
    reply_value(request, 200, &bank_transfer_shape, &out);
}

void bank_transfer_show(struct api_request *request) {
    if (has_customer(request)) {
        reply_transfer(request, false);
    }
}

static void asked(struct api_request *request, const struct operation_result *result) {
    (void)result;
    reply_transfer(request, true);
}

void bank_transfer_ask(struct api_request *request) {
    request_operation(
        request,
        &(struct operation_request){.kind = OPERATION_BANK_TRANSFER, .tier = -1, .interval = -1},
        asked);
}
