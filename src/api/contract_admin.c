/* /api/admin/contracts: operators write terms and offer them. */
#include "api/contract_resources.h"

enum { TEXT_MAX = 2000, ORDER_MAX = 64, OFFER_DAYS_DEFAULT = 30 };

/* --- reading --- */

static const struct shape_field query_fields[] = {RECORD_QUERY_FIELDS(contract_status_names)};
const struct shape contracts_query_shape =
    SHAPE("ContractsQuery", "Which contracts", struct record_query, query_fields);

void contract_admin_list(struct api_request *request) {
    const struct record_query *in = request->query;
    size_t size = page_size(in == NULL ? NULL : &in->page);
    const struct contract_filter filter = {
        .status = in != NULL && in->has_status ? in->status : -1,
        .user_id = in == NULL ? STR("") : in->user_id,
        .before = in == NULL ? STR("") : in->page.cursor,
    };
    struct tx tx = request_read(request);
    struct row_list list;
    if (!reply_if_failed(request, contracts_read(&tx, &filter, size + 1, &list))) {
        reply_contracts(request, &list, size, CONTRACT_TO_OPERATOR);
    }
}

void contract_admin_get(struct api_request *request) {
    reply_contract(request, 200, request->values[0], CONTRACT_TO_OPERATOR);
}

/* --- writing --- */

struct write_in {
    struct contract_terms_entry terms;
    struct str user_id, purchase_order, note;
    int64_t offer_days;
};
#define AT(member) offsetof(struct write_in, member)
static const struct shape_field write_fields[] = {
    {"userId", "The customer", SHAPE_STR, .offset = AT(user_id), .min = 1, .max = LIMIT_USER_ID,
     .allowed = TEXT_TOKEN},
    {"terms", "What is agreed", SHAPE_OBJECT, .offset = AT(terms), .of = &contract_terms_shape},
    {"purchaseOrder", "Its number at the customer's", SHAPE_STR, .offset = AT(purchase_order),
     .max = ORDER_MAX, .flags = SHAPE_OPTIONAL | SHAPE_PERSONAL | SHAPE_REFERENCE},
    {"note", "To the customer", SHAPE_STR, .offset = AT(note), .max = TEXT_MAX,
     .flags = SHAPE_OPTIONAL | SHAPE_OPEN_TEXT | SHAPE_PERSONAL},
    {"offerDays", "How long the offer may be accepted; 30 when not given", SHAPE_I64,
     .offset = AT(offer_days), .min = 1, .max = CONTRACT_OFFER_MAX, .flags = SHAPE_OPTIONAL},
};
#undef AT
const struct shape contract_create_shape =
    SHAPE("ContractCreate", "A contract for a customer", struct write_in, write_fields);
/* All but whose it is. */
const struct shape contract_write_shape = {"ContractWrite", "A contract's terms",
                                           sizeof(struct write_in), write_fields + 1,
                                           ARRAY_LEN(write_fields) - 1};

struct write_in_hand {
    struct contract_write write; /* first: `done` hands it back */
    struct api_request *request;
};

static void reply_problems(struct api_request *request, const struct contract_problems *problems) {
    struct shape_errors errors = {.count = 0};
    for (size_t i = 0; i < problems->count; i++) {
        struct str path = arena_printf(request->arena, "/terms%s", problems->list[i].path);
        shape_error_add(&errors, request->arena, arena_cstr(request->arena, path),
                        problems->list[i].expected);
    }
    reply_field_errors(request, OUTCOME_CONTRACT_TERMS_INVALID, &errors);
}

static void written(struct command *command) {
    struct write_in_hand *hand = (struct write_in_hand *)command;
    struct contract_write *write = &hand->write;
    if (command->outcome == OUTCOME_CREATED || command->outcome == OUTCOME_DONE) {
        reply_contract(hand->request, command->outcome == OUTCOME_CREATED ? 201 : 200,
                       id_str(&write->row.id), CONTRACT_TO_OPERATOR);
    } else if (write->problems.count > 0) {
        reply_problems(hand->request, &write->problems);
    } else {
        reply_problem(hand->request, (int)command->outcome);
    }
}

static void write_contract(struct api_request *request, struct str id, struct str amends) {
    const struct write_in *in = request->body;
    struct write_in_hand *hand = ARENA_NEW(request->arena, struct write_in_hand);
    struct shape_errors errors = {.count = 0};
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    if (!contract_terms_of(&request->cx, request->api->app->catalogue, &in->terms,
                           &hand->write.terms, &errors)) {
        reply_field_errors(request, OUTCOME_CONTRACT_TERMS_INVALID, &errors);
        return;
    }
    hand->request = request;
    hand->write.id = id;
    hand->write.amends = amends;
    hand->write.user_id = in->user_id;
    hand->write.purchase_order = in->purchase_order;
    hand->write.note = in->note;
    hand->write.offer_days = in->offer_days == 0 ? OFFER_DAYS_DEFAULT : in->offer_days;
    hand->write.command.done = written;
    contract_write(request->api->app, &hand->write);
}

void contract_admin_create(struct api_request *request) {
    write_contract(request, STR(""), STR(""));
}

void contract_admin_write(struct api_request *request) {
    write_contract(request, request->values[0], STR(""));
}

void contract_admin_amend(struct api_request *request) {
    write_contract(request, STR(""), request->values[0]);
}

/* --- steps --- */

void contract_admin_submit(struct api_request *request) {
    move_contract(request, CONTRACT_SUBMIT, CONTRACT_TO_OPERATOR);
}

void contract_admin_withdraw(struct api_request *request) {
    move_contract(request, CONTRACT_WITHDRAW, CONTRACT_TO_OPERATOR);
}

void contract_admin_notice(struct api_request *request) {
    give_contract_notice(request, CONTRACT_TO_OPERATOR);
}
