/* A contract as it is shown: to the customer, who sees terms once they are offered, and to
 * operators. */
#include "api/contract_resources.h"

#include "app/contract_bill.h"
#include "app/contract_life.h"
#include "base/check.h"
#include "core/jcs.h"

enum {
    TEXT_MAX = 2000,
    REASON_MAX = 500,
    WORD_MAX = 64,
    PERSON_MAX = 255,
    OPERATORS_FIELDS = 5,
    CHANGES_MAX = 16,
};

const char *const contract_status_names[] = {
    "requested", "draft",   "pending",    "offered", "accepted", "active", "declined",
    "withdrawn", "expired", "superseded", "renewed", "ended",    NULL};
static_assert(ARRAY_LEN(contract_status_names) == CONTRACT_STATUS_COUNT + 1,
              "in the order of the enum");

static const struct shape_field change_fields[] = {
    {"name", "A member of the terms", SHAPE_STR, .offset = offsetof(struct contract_change, name),
     .max = WORD_MAX},
    {"before", "Its value before; null: it had none", SHAPE_JSON,
     .offset = offsetof(struct contract_change, before)},
    {"after", "Its value from then on", SHAPE_JSON,
     .offset = offsetof(struct contract_change, after)},
};
static const struct shape change_shape =
    SHAPE("ContractChange", "A term that is another", struct contract_change, change_fields);
static const struct shape_field change_item = {.kind = SHAPE_OBJECT, .of = &change_shape};

static const struct shape_field price_fields[] = {
    {"at", "From when on", SHAPE_INSTANT, .offset = offsetof(struct contract_price_out, at)},
    {"amount", "Of an interval, before taxes", SHAPE_OBJECT,
     .offset = offsetof(struct contract_price_out, amount), .of = &money_shape},
    {"renewal", "Whether another term begins with it", SHAPE_BOOL,
     .offset = offsetof(struct contract_price_out, renewal)},
};
static const struct shape price_shape =
    SHAPE("ContractPriceToCome", "A price to come", struct contract_price_out, price_fields);
static const struct shape_field price_item = {.kind = SHAPE_OBJECT, .of = &price_shape};

static const struct shape_field bill_fields[] = {
    {"price", "Of the interval that begins", SHAPE_OBJECT,
     .offset = offsetof(struct contract_bill, price), .of = &money_shape},
    {"unused", "Given back of what was billed before: not positive", SHAPE_OBJECT,
     .offset = offsetof(struct contract_bill, unused), .of = &money_shape},
    {"amount", "The sum; negative: it goes to the customer's balance", SHAPE_OBJECT,
     .offset = offsetof(struct contract_bill, total), .of = &money_shape},
};
static const struct shape bill_shape = SHAPE("ContractBill", "What is billed at once, before taxes",
                                             struct contract_bill, bill_fields);

#define AT(member) offsetof(struct contract_out, member)
static const struct shape_field contract_fields[] = {
    {"id", "Ours", SHAPE_STR, .offset = AT(id), .max = LIMIT_RECORD_ID},
    {"number", "As people say it", SHAPE_I64, .offset = AT(number)},
    {"status",
     "requested: it is worked on; offered: it may be accepted or declined. Customers see draft and "
     "pending as requested",
     SHAPE_ENUM, .offset = AT(status), .names = contract_status_names},
    {"userId", "The customer", SHAPE_STR, .offset = AT(user_id), .max = LIMIT_USER_ID},
    {"terms", "What is agreed; null until it is offered", SHAPE_OBJECT, .offset = AT(terms),
     .of = &contract_terms_shape, .flags = SHAPE_NULLABLE, .is_set = AT(has_terms)},
    {"total", "What the whole term comes to, before taxes", SHAPE_OBJECT, .offset = AT(total),
     .of = &money_shape, .flags = SHAPE_NULLABLE, .is_set = AT(has_terms)},
    {"termsHash",
     "SHA-256 over contract, purchase order and terms, and of a later version followsHash; null "
     "until it is offered",
     SHAPE_STR, .offset = AT(terms_hash), .max = WORD_MAX, .flags = SHAPE_NULLABLE},
    {"purchaseOrder", "Its number at the customer's", SHAPE_STR, .offset = AT(purchase_order),
     .max = WORD_MAX, .flags = SHAPE_NULLABLE},
    {"note", "The operator's words about it", SHAPE_STR, .offset = AT(note), .max = TEXT_MAX,
     .flags = SHAPE_NULLABLE | SHAPE_OPEN_TEXT},
    {"message", "What the customer wrote when they asked", SHAPE_STR, .offset = AT(message),
     .max = TEXT_MAX, .flags = SHAPE_NULLABLE | SHAPE_OPEN_TEXT},
    {"validUntil", "Until when it may be accepted", SHAPE_INSTANT, .offset = AT(valid_until),
     .flags = SHAPE_NULLABLE, .is_set = AT(has_valid_until)},
    {"acceptedAt", "When it was", SHAPE_INSTANT, .offset = AT(accepted_at), .flags = SHAPE_NULLABLE,
     .is_set = AT(is_accepted)},
    {"acceptedName", "By whom, as they typed it", SHAPE_STR, .offset = AT(accepted_name),
     .max = PERSON_MAX, .flags = SHAPE_NULLABLE},
    {"startsAt", "When it began", SHAPE_INSTANT, .offset = AT(starts_at), .flags = SHAPE_NULLABLE,
     .is_set = AT(has_start)},
    {"endsAt", "When its term ends", SHAPE_INSTANT, .offset = AT(ends_at), .flags = SHAPE_NULLABLE,
     .is_set = AT(has_end)},
    {"version", "An amendment or a renewal is the next version of the same number", SHAPE_I64,
     .offset = AT(version)},
    {"amends", "The version that it takes the place of", SHAPE_STR, .offset = AT(amends),
     .max = LIMIT_RECORD_ID, .flags = SHAPE_NULLABLE},
    {"followsHash", "That version's termsHash, which is part of this one's", SHAPE_STR,
     .offset = AT(follows), .max = WORD_MAX, .flags = SHAPE_NULLABLE},
    {"changes", "What it makes of that version's terms; null for a first one", SHAPE_LIST,
     .offset = AT(changes), .max = CHANGES_MAX, .item = &change_item,
     .item_size = sizeof(struct contract_change), .flags = SHAPE_NULLABLE,
     .is_set = AT(has_changes)},
    {"price", "Of the present interval, while it is in force", SHAPE_OBJECT, .offset = AT(price),
     .of = &money_shape, .flags = SHAPE_NULLABLE, .is_set = AT(has_price)},
    {"nextPrice", "The price after that: of the ramp, or of the term that follows", SHAPE_OBJECT,
     .offset = AT(next_price), .of = &money_shape, .flags = SHAPE_NULLABLE,
     .is_set = AT(has_next_price)},
    {"nextPriceAt", "From when on", SHAPE_INSTANT, .offset = AT(next_price_at),
     .flags = SHAPE_NULLABLE, .is_set = AT(has_next_price)},
    {"prices", "All prices to come, in their order, while it is in force", SHAPE_LIST,
     .offset = AT(prices), .max = CONTRACT_PRICES_MAX, .item = &price_item,
     .item_size = sizeof(struct contract_price_out), .flags = SHAPE_NULLABLE,
     .is_set = AT(has_price)},
    {"dueOnAcceptance",
     "Of an amendment that is not accepted yet: what would be billed if it were now; null where "
     "nothing is billed at once, or it cannot be known",
     SHAPE_OBJECT, .offset = AT(bill), .of = &bill_shape, .flags = SHAPE_NULLABLE,
     .is_set = AT(bill) + offsetof(struct contract_bill, is_known)},
    {"renews", "Whether another term follows, while it is in force", SHAPE_BOOL,
     .offset = AT(renews), .flags = SHAPE_NULLABLE, .is_set = AT(has_price)},
    {"noticeUntil", "Until when either side may say that it does not renew", SHAPE_INSTANT,
     .offset = AT(notice_until), .flags = SHAPE_NULLABLE, .is_set = AT(has_notice_until)},
    {"noticeAt", "When one did", SHAPE_INSTANT, .offset = AT(notice_at), .flags = SHAPE_NULLABLE,
     .is_set = AT(has_notice)},
    {"declineReason", "Why not", SHAPE_STR, .offset = AT(decline_reason), .max = REASON_MAX,
     .flags = SHAPE_NULLABLE},
    {"createdAt", "When it was asked for, or begun", SHAPE_INSTANT, .offset = AT(created_at)},
    /* operators alone */
    {"requestedBy", "Who asked; null: an operator began it", SHAPE_STR, .offset = AT(requested_by),
     .max = PERSON_MAX, .flags = SHAPE_NULLABLE},
    {"writtenBy", "Who wrote the terms", SHAPE_STR, .offset = AT(written_by), .max = PERSON_MAX,
     .flags = SHAPE_NULLABLE},
    {"approvalId", "Where a second person agrees, or did", SHAPE_STR, .offset = AT(approval_id),
     .max = LIMIT_RECORD_ID, .flags = SHAPE_NULLABLE},
    {"offerDays", "How long the offer may be accepted", SHAPE_I64, .offset = AT(offer_days)},
    {"updatedAt", "Of the last change", SHAPE_INSTANT, .offset = AT(updated_at)},
};
#undef AT
const struct shape contract_shape = {"Contract", "A plan at terms of its own",
                                     sizeof(struct contract_out), contract_fields,
                                     ARRAY_LEN(contract_fields) - OPERATORS_FIELDS};
const struct shape contract_admin_shape =
    SHAPE("ContractRecord", "A contract as operators see it", struct contract_out, contract_fields);

static const struct shape_field contract_item = {.kind = SHAPE_OBJECT, .of = &contract_shape};
static const struct shape_field page_fields[] = {
    {"data", "The newest first", SHAPE_LIST, .offset = offsetof(struct page, data),
     .max = LIMIT_PAGE, .item = &contract_item, .item_size = sizeof(struct contract_out)},
    PAGE_CURSOR_FIELD,
};
const struct shape contracts_shape = SHAPE("Contracts", "A page", struct page, page_fields);
static const struct shape_field admin_item = {.kind = SHAPE_OBJECT, .of = &contract_admin_shape};
static const struct shape_field admin_page_fields[] = {
    {"data", "The newest first", SHAPE_LIST, .offset = offsetof(struct page, data),
     .max = LIMIT_PAGE, .item = &admin_item, .item_size = sizeof(struct contract_out)},
    PAGE_CURSOR_FIELD,
};
const struct shape contract_admin_page_shape =
    SHAPE("ContractRecords", "A page", struct page, admin_page_fields);

static int status_for(const struct contract_row *row, enum contract_reader reader) {
    bool is_inside = row->status == (int)CONTRACT_DRAFT || row->status == (int)CONTRACT_PENDING;
    return reader == CONTRACT_TO_CUSTOMER && is_inside ? (int)CONTRACT_REQUESTED : row->status;
}

/* Both texts are canonical: what is written alike is the same. */
static struct shape_list changes_of(struct arena *arena, struct str before, struct str after) {
    struct contract_change *changes = arena_array(arena, CHANGES_MAX, sizeof *changes);
    struct shape_list list = {changes, 0};
    for (size_t i = 0; changes != NULL && i < contract_terms_shape.count; i++) {
        const char *name = contract_terms_shape.fields[i].name;
        struct str old = jcs_find(before, name);
        struct str now = jcs_find(after, name);
        check(list.count < CHANGES_MAX);
        if (!str_equal(old, now)) {
            changes[list.count++] =
                (struct contract_change){str_from_cstr(name), old.len > 0 ? old : STR("null"),
                                         now.len > 0 ? now : STR("null")};
        }
    }
    return list;
}

static struct err add_changes(struct api_request *request, const struct contract_row *row,
                              struct contract_out *out) {
    struct tx tx = request_read(request);
    struct contract_row before;
    if (row->amends.len == 0) {
        return OK;
    }
    TRY(contract_read(&tx, STR(""), row->amends, &before, &out->has_changes));
    if (out->has_changes) {
        out->changes = changes_of(request->arena, before.terms, row->terms);
    }
    return OK;
}

static struct shape_list prices_of(struct arena *arena, const struct contract_terms *terms,
                                   const struct contract_life *life, struct instant now) {
    struct contract_price prices[CONTRACT_PRICES_MAX];
    size_t count = contract_prices_after(terms, life, now, prices);
    struct contract_price_out *out = arena_array(arena, CONTRACT_PRICES_MAX, sizeof *out);
    for (size_t i = 0; out != NULL && i < count; i++) {
        out[i] =
            (struct contract_price_out){prices[i].at.ms, prices[i].amount, prices[i].is_renewal};
    }
    return (struct shape_list){out, out == NULL ? 0 : count};
}

/* What holds now, and what follows. */
static void add_life(struct api_request *request, const struct contract_row *row,
                     const struct contract_terms *terms, struct contract_out *out) {
    struct contract_life life = contract_life_of(row);
    struct instant now = instant_later((struct instant){cx_now_ms(&request->cx)}, life.start);
    struct instant next_at = now;
    out->has_price = true;
    out->price = contract_amount_at(terms, life.start, now);
    out->has_next_price = contract_next_price(terms, &life, now, &next_at, &out->next_price);
    out->next_price_at = next_at.ms;
    out->prices = prices_of(request->arena, terms, &life, now);
    out->renews = contract_renews(terms, &life);
    out->has_notice_until = terms->renewal == CONTRACT_RENEWS_AUTOMATICALLY;
    out->notice_until = contract_notice_at(terms, life.start).ms;
}

static bool may_be_accepted(const struct contract_row *row) {
    return row->status == (int)CONTRACT_DRAFT || row->status == (int)CONTRACT_PENDING ||
           row->status == (int)CONTRACT_OFFERED;
}

static struct err add_terms(struct api_request *request, const struct contract_row *row,
                            struct contract_out *out) {
    struct contract_terms terms;
    TRY(contract_row_terms(request->api->app, &request->cx, row, &terms));
    out->has_terms = contract_total(&terms, &out->total);
    out->terms = contract_terms_entry_of(&request->cx, request->api->app->catalogue, &terms);
    out->terms_hash = text_or_null(row->terms_hash);
    out->purchase_order = text_or_null(row->purchase_order);
    out->note = text_or_null(row->note);
    if (row->status == (int)CONTRACT_ACTIVE) {
        add_life(request, row, &terms, out);
    }
    if (may_be_accepted(row)) {
        struct tx tx = request_read(request);
        TRY(contract_bill_now(request->api->app, &tx, row, &out->bill));
    }
    return add_changes(request, row, out);
}

struct err contract_out_of(struct api_request *request, const struct contract_row *row,
                           enum contract_reader reader, struct contract_out *ret_out) {
    *ret_out = (struct contract_out){
        .id = id_str(&row->id),
        .number = row->number,
        .status = status_for(row, reader),
        .user_id = row->user_id,
        .message = text_or_null(row->message),
        .valid_until = row->valid_until,
        .has_valid_until = row->valid_until != ROW_NONE,
        .accepted_at = row->accepted_at,
        .is_accepted = row->accepted_at != ROW_NONE,
        .accepted_name = text_or_null(row->accepted_name),
        .starts_at = row->starts_at,
        .has_start = row->starts_at != ROW_NONE,
        .ends_at = row->ends_at,
        .has_end = row->ends_at != ROW_NONE,
        .amends = text_or_null(row->amends),
        .version = row->version,
        .follows = text_or_null(row->follows),
        .notice_at = row->notice_at,
        .has_notice = row->notice_at != ROW_NONE,
        .decline_reason = text_or_null(row->decline_reason),
        .created_at = row->created_at,
        .requested_by = text_or_null(row->requested_by),
        .written_by = text_or_null(row->written_by),
        .approval_id = text_or_null(row->approval_id),
        .offer_days = row->offer_days,
        .updated_at = row->updated_at,
    };
    bool sees_terms =
        row->terms.len > 0 && (reader == CONTRACT_TO_OPERATOR || contract_shows_terms(row));
    return sees_terms ? add_terms(request, row, ret_out) : OK;
}
