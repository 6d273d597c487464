/* A consumer's withdrawal from a purchase: whether it is open, what is stated, and its
 * confirmation; and the list of all for operators. */
#include "api/withdrawal_resources.h"

#include "api/consent_resources.h"
#include "api/id_page.h"
#include "api/resources.h"
#include "base/check.h"

/* --- one that was made --- */

struct withdrawal_out {
    struct str id, user_id, subscription_id, status, statement, statement_hash;
    int tier;
    bool is_share, is_finished;
    struct money returned;
    int64_t created_at, finished_at;
};

#define AT(member) offsetof(struct withdrawal_out, member)
static const struct shape_field withdrawal_fields[] = {
    {"id", "Ours", SHAPE_STR, .offset = AT(id), .max = LIMIT_RECORD_ID},
    {"userId", "The customer", SHAPE_STR, .offset = AT(user_id), .max = LIMIT_USER_ID},
    {"subscriptionId", "From which", SHAPE_STR, .offset = AT(subscription_id),
     .max = LIMIT_RECORD_ID},
    {"tier", "The plan that it was", SHAPE_ENUM, .offset = AT(tier), .names = tier_names},
    {"status",
     "ending, paying_back, done; refused: the payment provider did not end the subscription; "
     "unpaid: not all could go back, and operators see to it",
     SHAPE_STR, .offset = AT(status), .max = 16},
    {"statement", "What was stated, word for word", SHAPE_STR, .offset = AT(statement),
     .max = WITHDRAWAL_TEXT_SIZE, .flags = SHAPE_PERSONAL},
    {"statementHash", "SHA-256 of the statement", SHAPE_STR, .offset = AT(statement_hash),
     .max = 64},
    {"paysForTime", "The time until then is paid for, as an early start was asked for", SHAPE_BOOL,
     .offset = AT(is_share)},
    {"returned", "What has gone back so far, with tax", SHAPE_OBJECT, .offset = AT(returned),
     .of = &money_shape},
    {"receivedAt", "When it was confirmed", SHAPE_INSTANT, .offset = AT(created_at)},
    {"finishedAt", "When nothing was left to do", SHAPE_INSTANT, .offset = AT(finished_at),
     .flags = SHAPE_NULLABLE, .is_set = AT(is_finished)},
};
#undef AT
const struct shape withdrawal_shape = SHAPE("Withdrawal", "A purchase that was withdrawn from",
                                            struct withdrawal_out, withdrawal_fields);

static struct withdrawal_out out_of(const struct withdrawal_row *row) {
    return (struct withdrawal_out){
        .id = id_str(&row->id),
        .user_id = row->user_id,
        .subscription_id = id_str(&row->subscription_id),
        .status = str_from_cstr(withdrawal_status_name((enum withdrawal_status)row->status)),
        .statement = row->statement,
        .statement_hash = row->statement_hash,
        .tier = row->tier,
        .is_share = row->is_share,
        .is_finished = row->finished_at != ROW_NONE,
        .returned = money_stored(row->returned, row->currency),
        .created_at = row->created_at,
        .finished_at = row->finished_at,
    };
}

/* --- whether --- */

struct offer_out {
    struct withdrawal_out last;
    struct str why;
    int64_t until;
    bool is_open, is_share, has_until, has_last;
};

#define AT(member) offsetof(struct offer_out, member)
static const struct shape_field offer_fields[] = {
    {"open", "Whether the customer may withdraw now", SHAPE_BOOL, .offset = AT(is_open)},
    {"reason", "Why not, as a code; null: they may", SHAPE_STR, .offset = AT(why), .max = 64,
     .flags = SHAPE_NULLABLE},
    {"until", "Before this; null: there is nothing to withdraw from", SHAPE_INSTANT,
     .offset = AT(until), .flags = SHAPE_NULLABLE, .is_set = AT(has_until)},
    {"paysForTime", "The time until then would be paid for", SHAPE_BOOL, .offset = AT(is_share)},
    {"last", "The last one that was made", SHAPE_OBJECT, .offset = AT(last),
     .of = &withdrawal_shape, .flags = SHAPE_NULLABLE, .is_set = AT(has_last)},
};
#undef AT
const struct shape withdrawal_offer_shape =
    SHAPE("WithdrawalOffer", "Whether one may withdraw", struct offer_out, offer_fields);

/* The last one; *ret_found is false when there was none. */
static struct err read_last(struct api_request *request, struct withdrawal_row *ret_row,
                            bool *ret_found) {
    struct tx tx = request_read(request);
    struct row_list list;
    TRY(withdrawals_read(&tx, request->user_id, STR(""), 1, &list));
    *ret_found = list.count > 0;
    if (*ret_found) {
        *ret_row = *(const struct withdrawal_row *)list.items;
    }
    return OK;
}

void withdrawals_show(struct api_request *request) {
    struct tx tx = request_read(request);
    struct withdrawal_offer offer;
    struct withdrawal_row last;
    struct offer_out out = {.is_open = false};
    if (reply_if_failed(request,
                        withdrawal_offer_read(request->api->app, &tx, request->user_id, &offer)) ||
        reply_if_failed(request, read_last(request, &last, &out.has_last))) {
        return;
    }
    if (offer.outcome == OUTCOME_CUSTOMER_NOT_FOUND) {
        reply_problem(request, OUTCOME_CUSTOMER_NOT_FOUND);
        return;
    }
    out.is_open = offer.outcome == OUTCOME_DONE;
    out.why = text_or_null(out.is_open ? STR("") : str_from_cstr(outcome_code(offer.outcome)));
    out.has_until = out.is_open || offer.outcome == OUTCOME_WITHDRAWAL_OVER;
    out.until = offer.until.ms;
    out.is_share = out.is_open && offer.is_share;
    if (out.has_last) {
        out.last = out_of(&last);
    }
    reply_value(request, 200, &withdrawal_offer_shape, &out);
}

/* --- the two steps --- */

struct withdraw_in {
    struct str name, hash;
};
#define AT(member) offsetof(struct withdraw_in, member)
static const struct shape_field withdraw_fields[] = {
    {"name", "Of whoever withdraws; the customer's when not given", SHAPE_STR, .offset = AT(name),
     .min = 1, .max = WITHDRAWAL_NAME_MAX, .flags = SHAPE_OPTIONAL | SHAPE_PERSONAL},
    CONSENT_HASH_FIELD("confirm", "statementHash of the first step: this is the second", AT(hash)),
};
#undef AT
const struct shape withdraw_shape =
    SHAPE("Withdraw", "A withdrawal from a purchase", struct withdraw_in, withdraw_fields);

struct withdraw_query {
    int language;
    bool has_language, is_preview;
};
#define AT(member) offsetof(struct withdraw_query, member)
static const struct shape_field query_fields[] = {
    {"preview", "The first step: only show the statement", SHAPE_BOOL, .offset = AT(is_preview),
     .flags = SHAPE_OPTIONAL},
    {"language", "Of the statement; absent: that of the customer's mails", SHAPE_ENUM,
     .offset = AT(language), .names = language_names, .flags = SHAPE_OPTIONAL,
     .is_set = AT(has_language)},
};
#undef AT
const struct shape withdraw_query_shape =
    SHAPE("WithdrawQuery", "Which step", struct withdraw_query, query_fields);

bool withdrawals_only_asks(const struct api_request *request) {
    return ((const struct withdraw_query *)request->query)->is_preview;
}

struct statement_out {
    struct str text, hash, email;
    bool is_share;
    int64_t until;
};
#define AT(member) offsetof(struct statement_out, member)
static const struct shape_field statement_fields[] = {
    {"statement", "To be shown word for word, and confirmed", SHAPE_STR, .offset = AT(text),
     .max = WITHDRAWAL_TEXT_SIZE, .flags = SHAPE_PERSONAL},
    {"statementHash", "SHA-256 of the statement: give it as `confirm`", SHAPE_STR,
     .offset = AT(hash), .max = 64},
    {"receiptTo", "Where the receipt goes", SHAPE_STR, .offset = AT(email), .max = LIMIT_EMAIL,
     .flags = SHAPE_PERSONAL},
    {"paysForTime", "The time until then is paid for", SHAPE_BOOL, .offset = AT(is_share)},
    {"until", "Before this", SHAPE_INSTANT, .offset = AT(until)},
};
#undef AT
const struct shape withdrawal_statement_shape =
    SHAPE("WithdrawalStatement", "What is to be confirmed", struct statement_out, statement_fields);

/* The page's language, or that of the customer's mails. */
static struct err read_offer(struct api_request *request, const struct withdraw_query *query,
                             struct withdrawal_offer *ret_offer, enum language *ret_language) {
    struct tx tx = request_read(request);
    TRY(withdrawal_offer_read(request->api->app, &tx, request->user_id, ret_offer));
    if (query->has_language) {
        *ret_language = (enum language)query->language;
        return OK;
    }
    return consent_language(&tx, request->user_id, ret_language);
}

static void reply_statement(struct api_request *request, const struct withdraw_in *in,
                            const struct withdraw_query *query) {
    struct withdrawal_offer offer;
    enum language language = LANGUAGE_EN;
    if (reply_if_failed(request, read_offer(request, query, &offer, &language))) {
        return;
    }
    if (offer.outcome != OUTCOME_DONE) {
        reply_problem(request, (int)offer.outcome);
        return;
    }
    if (in->name.len > 0) {
        offer.facts.name = in->name;
    }
    struct withdrawal_words words = withdrawal_words_of(request->arena, language, &offer.facts);
    struct statement_out out = {words.text, words.hash, offer.facts.email, offer.is_share,
                                offer.until.ms};
    reply_value(request, 200, &withdrawal_statement_shape, &out);
}

struct confirm_in_hand {
    struct withdrawal_confirm confirm; /* first: `done` hands it back */
    struct api_request *request;
};

static void confirmed(struct command *command) {
    struct api_request *request = ((struct confirm_in_hand *)command)->request;
    struct withdrawal_row row;
    bool is_found = false;
    if (command->outcome != OUTCOME_CREATED && command->outcome != OUTCOME_DONE) {
        reply_problem(request, (int)command->outcome);
        return;
    }
    if (reply_if_failed(request, read_last(request, &row, &is_found))) {
        return;
    }
    check(is_found); /* it was just written, or found */
    struct withdrawal_out out = out_of(&row);
    reply_value(request, command->outcome == OUTCOME_CREATED ? 201 : 200, &withdrawal_shape, &out);
}

static void begin_confirm(struct api_request *request, const struct withdraw_in *in) {
    struct confirm_in_hand *hand = COMMAND_NEW(request->arena, struct confirm_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->request = request;
    hand->confirm.user_id = request->user_id;
    hand->confirm.name = in->name;
    hand->confirm.hash = in->hash;
    hand->confirm.command.done = confirmed;
    withdrawal_confirm(request->api->app, &hand->confirm);
}

void withdrawals_withdraw(struct api_request *request) {
    const struct withdraw_in *in = request->body;
    const struct withdraw_query *query = request->query;
    if (query != NULL && query->is_preview) {
        reply_statement(request, in, query);
    } else if (in->hash.len > 0) {
        begin_confirm(request, in);
    } else {
        struct shape_errors errors = {.count = 0};
        shape_error_add(&errors, request->arena, "/confirm",
                        "the statementHash that ?preview=true gives");
        reply_field_errors(request, PROBLEM_INVALID_FIELDS, &errors);
    }
}

/* --- all of them --- */

static const struct shape_field item = {.kind = SHAPE_OBJECT, .of = &withdrawal_shape};
static const struct shape_field list_fields[] = {
    {"data", "The newest first", SHAPE_LIST, .offset = offsetof(struct page, data),
     .max = LIMIT_PAGE, .item = &item, .item_size = sizeof(struct withdrawal_out)},
    PAGE_CURSOR_FIELD,
};
const struct shape withdrawals_shape =
    SHAPE("Withdrawals", "A page of withdrawals", struct page, list_fields);

static void show_row(const void *row, void *ret_out) {
    *(struct withdrawal_out *)ret_out = out_of(row);
}
static const struct id_list all = {
    .shape = &withdrawals_shape,
    .row_size = sizeof(struct withdrawal_row),
    .id_at = offsetof(struct withdrawal_row, id),
    .out_size = sizeof(struct withdrawal_out),
    .read = withdrawals_read,
    .show = show_row,
};

void withdrawals_list_all(struct api_request *request) {
    reply_id_page_of_all(request, &all);
}
