/* /api/billing/contracts and …/contract-requests: what a customer asks for and is offered. */
#include "api/contract_resources.h"

#include "api/approval_resources.h"

enum { TEXT_MAX = 2000, REASON_MAX = 500, WORD_MAX = 64, PERSON_MAX = 255, OPERATORS_FIELDS = 5 };

/* --- as shown --- */

const char *const contract_status_names[] = {
    "requested", "draft",   "pending",    "offered", "accepted", "active", "declined",
    "withdrawn", "expired", "superseded", "renewed", "ended",    NULL};
static_assert(ARRAY_LEN(contract_status_names) == CONTRACT_STATUS_COUNT + 1,
              "in the order of the enum");

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
    {"termsHash", "SHA-256 over contract, purchase order and terms; null until it is offered",
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
    {"amends", "The contract that it takes the place of", SHAPE_STR, .offset = AT(amends),
     .max = LIMIT_RECORD_ID, .flags = SHAPE_NULLABLE},
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

static struct err add_terms(struct api_request *request, const struct contract_row *row,
                            struct contract_out *out) {
    struct contract_terms terms;
    TRY(contract_row_terms(request->api->app, &request->cx, row, &terms));
    out->has_terms = contract_total(&terms, &out->total);
    out->terms = contract_terms_entry_of(&request->cx, request->api->app->catalogue, &terms);
    out->terms_hash = text_or_null(row->terms_hash);
    out->purchase_order = text_or_null(row->purchase_order);
    out->note = text_or_null(row->note);
    return OK;
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

bool find_contract(struct api_request *request, struct str id, enum contract_reader reader,
                   struct contract_row *ret_row) {
    struct tx tx = request_read(request);
    struct str user_id = reader == CONTRACT_TO_CUSTOMER ? request->user_id : STR("");
    bool is_found = false;
    if (reply_if_failed(request, contract_read(&tx, user_id, id, ret_row, &is_found))) {
        return false;
    }
    if (!is_found) {
        reply_problem(request, OUTCOME_CONTRACT_NOT_FOUND);
    }
    return is_found;
}

void reply_contract(struct api_request *request, int status, struct str id,
                    enum contract_reader reader) {
    struct contract_row row;
    struct contract_out out;
    if (find_contract(request, id, reader, &row) &&
        !reply_if_failed(request, contract_out_of(request, &row, reader, &out))) {
        reply_value(request, status,
                    reader == CONTRACT_TO_OPERATOR ? &contract_admin_shape : &contract_shape, &out);
    }
}

void reply_contracts(struct api_request *request, const struct row_list *list, size_t size,
                     enum contract_reader reader) {
    const struct contract_row *rows = list->items;
    size_t count = list->count > size ? size : list->count;
    struct contract_out *out = arena_array(request->arena, count, sizeof *out);
    struct page page = {{out, 0}, {NULL, 0}};
    for (size_t i = 0; out != NULL && i < count; i++) {
        if (reader == CONTRACT_TO_CUSTOMER && !contract_is_shown(&rows[i])) {
            continue;
        }
        if (reply_if_failed(request,
                            contract_out_of(request, &rows[i], reader, &out[page.data.count++]))) {
            return;
        }
    }
    if (list->count > size) {
        page.next_cursor = id_str(&rows[size - 1].id);
    }
    reply_value(request, 200,
                reader == CONTRACT_TO_OPERATOR ? &contract_admin_page_shape : &contracts_shape,
                &page);
}

void contracts_list(struct api_request *request) {
    const struct page_query *query = request->query;
    size_t size = page_size(query);
    const struct contract_filter filter = {
        .status = -1,
        .user_id = request->user_id,
        .before = query == NULL ? STR("") : query->cursor,
    };
    struct tx tx = request_read(request);
    struct row_list list;
    if (!reply_if_failed(request, contracts_read(&tx, &filter, size + 1, &list))) {
        reply_contracts(request, &list, size, CONTRACT_TO_CUSTOMER);
    }
}

void contracts_get(struct api_request *request) {
    reply_contract(request, 200, request->values[0], CONTRACT_TO_CUSTOMER);
}

/* --- asking --- */

struct request_in {
    struct str message;
};
static const struct shape_field request_fields[] = {
    {"message", "What is needed: amounts, a term, how it will be paid", SHAPE_STR,
     .offset = offsetof(struct request_in, message), .max = TEXT_MAX,
     .flags = SHAPE_OPTIONAL | SHAPE_OPEN_TEXT | SHAPE_PERSONAL},
};
const struct shape contract_request_shape =
    SHAPE("ContractRequest", "What is needed", struct request_in, request_fields);

struct ask_in_hand {
    struct contract_ask ask; /* first: `done` hands it back */
    struct api_request *request;
};

static void asked(struct command *command) {
    struct ask_in_hand *hand = (struct ask_in_hand *)command;
    if (command->outcome == OUTCOME_CREATED || command->outcome == OUTCOME_DONE) {
        reply_contract(hand->request, command->outcome == OUTCOME_CREATED ? 201 : 200,
                       id_str(&hand->ask.row.id), CONTRACT_TO_CUSTOMER);
    } else {
        reply_problem(hand->request, (int)command->outcome);
    }
}

void contracts_request(struct api_request *request) {
    const struct request_in *in = request->body;
    struct ask_in_hand *hand = ARENA_NEW(request->arena, struct ask_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->request = request;
    hand->ask.user_id = request->user_id;
    hand->ask.message = in == NULL ? STR("") : in->message;
    hand->ask.command.done = asked;
    contract_ask(request->api->app, &hand->ask);
}

/* --- steps --- */

struct reason_in {
    struct str reason;
};
static const struct shape_field reason_fields[] = {
    {"reason", "Why; kept with it", SHAPE_STR, .offset = offsetof(struct reason_in, reason),
     .max = REASON_MAX, .flags = SHAPE_OPTIONAL},
};
const struct shape contract_reason_shape =
    SHAPE("ContractReason", "Why", struct reason_in, reason_fields);
static const struct shape_field decline_fields[] = {
    {"reason", "Why, in the customer's words; kept with it", SHAPE_STR,
     .offset = offsetof(struct reason_in, reason), .max = REASON_MAX,
     .flags = SHAPE_OPTIONAL | SHAPE_PERSONAL},
};
const struct shape contract_decline_shape =
    SHAPE("ContractDecline", "Why not", struct reason_in, decline_fields);

struct move_in_hand {
    struct contract_move move; /* first: `done` hands it back */
    struct api_request *request;
    enum contract_reader reader;
};

static void moved(struct command *command) {
    struct move_in_hand *hand = (struct move_in_hand *)command;
    if (command->outcome == OUTCOME_DONE) {
        reply_contract(hand->request, 200, hand->move.id, hand->reader);
    } else if (command->outcome == OUTCOME_APPROVAL_REQUIRED) {
        reply_contract(hand->request, 202, hand->move.id, hand->reader);
    } else if (command->outcome == OUTCOME_APPROVAL_WAITING) {
        reply_approval_waiting(hand->request, id_str(&hand->move.approval_id));
    } else {
        reply_problem(hand->request, (int)command->outcome);
    }
}

void move_contract(struct api_request *request, enum contract_event event,
                   enum contract_reader reader) {
    const struct reason_in *in = request->body;
    struct move_in_hand *hand = ARENA_NEW(request->arena, struct move_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->request = request;
    hand->reader = reader;
    hand->move.event = event;
    hand->move.id = request->values[0];
    hand->move.user_id = reader == CONTRACT_TO_CUSTOMER ? request->user_id : STR("");
    hand->move.reason = in == NULL ? STR("") : in->reason;
    hand->move.command.done = moved;
    contract_move(request->api->app, &hand->move);
}

void contracts_decline(struct api_request *request) {
    move_contract(request, CONTRACT_DECLINE, CONTRACT_TO_CUSTOMER);
}

/* --- accepting --- */

struct accept_in {
    struct str terms_hash, name;
};
static const struct shape_field accept_fields[] = {
    {"termsHash", "Of the terms as they were read", SHAPE_STR,
     .offset = offsetof(struct accept_in, terms_hash), .min = 64, .max = 64,
     .allowed = "0123456789abcdef"},
    {"name", "Of who accepts, as they type it", SHAPE_STR,
     .offset = offsetof(struct accept_in, name), .min = 1, .max = PERSON_MAX,
     .flags = SHAPE_PERSONAL},
};
const struct shape contract_accept_shape =
    SHAPE("ContractAccept", "That an offer is accepted", struct accept_in, accept_fields);

struct accept_in_hand {
    struct contract_accept accept; /* first: `done` hands it back */
    struct api_request *request;
};

static void accepted(struct command *command) {
    struct accept_in_hand *hand = (struct accept_in_hand *)command;
    if (command->outcome == OUTCOME_DONE) {
        reply_contract(hand->request, 200, hand->accept.id, CONTRACT_TO_CUSTOMER);
    } else {
        reply_problem(hand->request, (int)command->outcome);
    }
}

void contracts_accept(struct api_request *request) {
    const struct accept_in *in = request->body;
    struct accept_in_hand *hand = ARENA_NEW(request->arena, struct accept_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    if (!request->has_session || request->session.role != ROLE_OWNER) {
        reply_problem(request, PROBLEM_ROLE_FORBIDDEN);
        return;
    }
    hand->request = request;
    hand->accept.user_id = request->user_id;
    hand->accept.id = request->values[0];
    hand->accept.terms_hash = in->terms_hash;
    hand->accept.name = in->name;
    hand->accept.command.done = accepted;
    contract_accept(request->api->app, &hand->accept);
}
