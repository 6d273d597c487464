/* /api/billing/contracts and …/contract-requests: what a customer asks for and is offered. */
#include "api/contract_resources.h"

#include "api/approval_resources.h"

enum { TEXT_MAX = 2000, REASON_MAX = 500, WORD_MAX = 64, PERSON_MAX = 255 };

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

/* --- giving notice --- */

struct notice_in_hand {
    struct contract_notice notice; /* first: `done` hands it back */
    struct api_request *request;
    enum contract_reader reader;
};

static void noticed(struct command *command) {
    struct notice_in_hand *hand = (struct notice_in_hand *)command;
    if (command->outcome == OUTCOME_DONE) {
        reply_contract(hand->request, 200, hand->notice.id, hand->reader);
    } else {
        reply_problem(hand->request, (int)command->outcome);
    }
}

void give_contract_notice(struct api_request *request, enum contract_reader reader) {
    struct notice_in_hand *hand = ARENA_NEW(request->arena, struct notice_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->request = request;
    hand->reader = reader;
    hand->notice.user_id = reader == CONTRACT_TO_CUSTOMER ? request->user_id : STR("");
    hand->notice.id = request->values[0];
    hand->notice.command.done = noticed;
    contract_give_notice(request->api->app, &hand->notice);
}

void contracts_notice(struct api_request *request) {
    struct contract_row row;
    if (!find_contract(request, request->values[0], CONTRACT_TO_CUSTOMER, &row)) {
        return;
    }
    if (!request->has_session || request->session.role != ROLE_OWNER) {
        reply_problem(request, PROBLEM_ROLE_FORBIDDEN);
        return;
    }
    give_contract_notice(request, CONTRACT_TO_CUSTOMER);
}
