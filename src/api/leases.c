/* /api/leases: what nodes hold of customers' allowance. A node exchanges what it has spent for what
 * it may spend; whoever runs the nodes sees who holds what. */
#include "api/resources.h"

#include "app/lease.h"
#include "app/take_answer.h"

static const char *const mode_names[] = {"lease", "ask", "open", NULL};
static const char *const state_names[] = {"open", "held", "reclaimed", "ending", "ended", NULL};
static_assert(ARRAY_LEN(mode_names) == LEASE_MODE_OPEN + 2, "every mode has its name");
static_assert(ARRAY_LEN(state_names) == LEASE_STATE_COUNT + 1, "every state has its name");

/* --- what a node says --- */

struct exchange_in {
    struct str node, epoch;
    int64_t incarnation;
    bool has_incarnation, is_final;
    struct shape_list counters;
};

#define AT(member) offsetof(struct lease_statement, member)
#define FIGURE(name, doc, member)                                                                  \
    {                                                                                              \
        name, doc, SHAPE_I64, .offset = AT(member), .min = 0, .max = LEASE_FIGURE_MAX,             \
                              .flags = SHAPE_OPTIONAL                                              \
    }
static const struct shape_field statement_fields[] = {
    {"userId", "The customer", SHAPE_STR, .offset = AT(user_id), .min = 1, .max = LIMIT_USER_ID,
     .allowed = TEXT_TOKEN},
    {"metric", "Of what", SHAPE_ENUM, .offset = AT(metric), .names = metric_names},
    {"periodStart", "Of the usage period; when absent, the present one, whichever it is",
     SHAPE_INSTANT, .offset = AT(period_start), .flags = SHAPE_OPTIONAL, .is_set = AT(has_period)},
    FIGURE("taken", "Spent of the lease since the epoch began; so are the next three", taken),
    FIGURE("released", "Of that, given back by whoever had taken it", released),
    FIGURE("returned", "Never spent, and given back", returned),
    FIGURE("recorded", "Had happened already: counted even past the hard limit", recorded),
    FIGURE("wanted", "How much unspent allowance the node would like to hold", wanted),
    FIGURE("rate", "Units a second that it spends", rate),
};
#undef FIGURE
#undef AT
static const struct shape statement_shape = SHAPE("LeaseStatement", "What a node says of a counter",
                                                  struct lease_statement, statement_fields);
static const struct shape_field statement_item = {.kind = SHAPE_OBJECT, .of = &statement_shape};

#define AT(member) offsetof(struct exchange_in, member)
static const struct shape_field exchange_fields[] = {
    {"node", "Names the node, for good", SHAPE_STR, .offset = AT(node), .min = 1,
     .max = LEASE_NODE_MAX, .allowed = TEXT_TOKEN},
    {"epoch", "Names this run of the node; ascends from run to run (a ULID)", SHAPE_STR,
     .offset = AT(epoch), .min = 1, .max = LEASE_NODE_MAX, .allowed = TEXT_TOKEN},
    {"incarnation", "As the last answer said; absent at first", SHAPE_I64,
     .offset = AT(incarnation), .min = 1, .max = LIMIT_AMOUNT, .flags = SHAPE_OPTIONAL,
     .is_set = AT(has_incarnation)},
    {"final", "Nothing of this epoch will be spent any more: the rest goes back", SHAPE_BOOL,
     .offset = AT(is_final), .flags = SHAPE_OPTIONAL},
    {"counters", "Those that changed, want more, or are to be renewed", SHAPE_LIST,
     .offset = AT(counters), .max = LEASE_COUNTERS_MAX, .item = &statement_item,
     .item_size = sizeof(struct lease_statement)},
};
#undef AT
const struct shape lease_exchange_shape =
    SHAPE("LeaseExchange", "What a node has spent, and would like to spend", struct exchange_in,
          exchange_fields);

/* --- what it is answered --- */

struct counter_out {
    struct str user_id;
    int metric, mode;
    int64_t period_start, period_end, period_ends_in_ms;
    int64_t granted, reserve, expires_in_ms;
    struct take_answer answer;
    bool recall;
};

#define AT(member) offsetof(struct counter_out, member)
static const struct shape_field counter_fields[] = {
    {"userId", "The customer", SHAPE_STR, .offset = AT(user_id), .max = LIMIT_USER_ID},
    {"metric", "Of what", SHAPE_ENUM, .offset = AT(metric), .names = metric_names},
    {"periodStart", "Of the usage period", SHAPE_INSTANT, .offset = AT(period_start)},
    {"periodEnd", "Its end", SHAPE_INSTANT, .offset = AT(period_end)},
    {"periodEndsInMs", "From now", SHAPE_I64, .offset = AT(period_ends_in_ms)},
    {"mode",
     "lease: spend what is granted. ask: nothing may be spent without /api/usage/take. open: no "
     "limit, spend and report",
     SHAPE_ENUM, .offset = AT(mode), .names = mode_names},
    {"granted", "Since the epoch began, all together", SHAPE_I64, .offset = AT(granted)},
    {"reserve", "Of what is unspent: to be spent only while the server cannot be reached",
     SHAPE_I64, .offset = AT(reserve)},
    {"expiresInMs", "How long it may be spent without a renewal, from before the request was sent",
     SHAPE_I64, .offset = AT(expires_in_ms)},
    {"recall", "What is unspent is to be returned at once", SHAPE_BOOL, .offset = AT(recall)},
    {"state", "ok, warning, over or blocked", SHAPE_STR, .offset = AT(answer.state), .max = 16},
    {"reason", "within_limit, within_grace or unlimited", SHAPE_STR, .offset = AT(answer.reason),
     .max = 32},
    {"used", "By everybody, as far as it is known", SHAPE_I64, .offset = AT(answer.used)},
    {"limit", "Of the plan; null when there is none", SHAPE_I64, .offset = AT(answer.limit),
     .flags = SHAPE_NULLABLE, .is_set = AT(answer.has_limit)},
    {"hardLimit", "What the gate never lets through", SHAPE_I64, .offset = AT(answer.hard_limit),
     .flags = SHAPE_NULLABLE, .is_set = AT(answer.has_limit)},
    {"remaining", "To the limit, never negative", SHAPE_I64, .offset = AT(answer.remaining),
     .flags = SHAPE_NULLABLE, .is_set = AT(answer.has_limit)},
    {"resetsAt", "When a counter starts at zero again; null for gauges", SHAPE_INSTANT,
     .offset = AT(answer.resets_at), .flags = SHAPE_NULLABLE, .is_set = AT(answer.has_resets_at)},
    {"graceEndsAt", "While over the limit; else null", SHAPE_INSTANT,
     .offset = AT(answer.grace_ends_at), .flags = SHAPE_NULLABLE, .is_set = AT(answer.has_grace)},
    {"upgradeTo", "The cheapest tier with a larger limit; null when none is needed, or none is",
     SHAPE_STR, .offset = AT(answer.upgrade_to), .max = 16, .flags = SHAPE_NULLABLE},
};
#undef AT
static const struct shape counter_shape =
    SHAPE("LeaseAnswer", "What a node may spend", struct counter_out, counter_fields);
static const struct shape_field counter_item = {.kind = SHAPE_OBJECT, .of = &counter_shape};

struct rejected_out {
    struct str user_id, code, detail;
    int metric;
};
#define AT(member) offsetof(struct rejected_out, member)
static const struct shape_field rejected_fields[] = {
    {"userId", "The customer", SHAPE_STR, .offset = AT(user_id), .max = LIMIT_USER_ID},
    {"metric", "Of what", SHAPE_ENUM, .offset = AT(metric), .names = metric_names},
    {"code",
     "customer_not_found, epoch_ended, spent_above_grant, released_above_taken, lease_unknown, "
     "period_closed or not_a_counter",
     SHAPE_STR, .offset = AT(code), .max = 32},
    {"detail", "In a sentence", SHAPE_STR, .offset = AT(detail), .max = 200},
};
#undef AT
static const struct shape rejected_shape =
    SHAPE("LeaseRejection", "A counter of which nothing was taken in", struct rejected_out,
          rejected_fields);
static const struct shape_field rejected_item = {.kind = SHAPE_OBJECT, .of = &rejected_shape};

struct answers_out {
    int64_t incarnation, at;
    struct shape_list counters, rejected;
};
#define AT(member) offsetof(struct answers_out, member)
static const struct shape_field answers_fields[] = {
    {"incarnation", "Changes when the store is restored from a backup", SHAPE_I64,
     .offset = AT(incarnation)},
    {"at", "The server's clock", SHAPE_INSTANT, .offset = AT(at)},
    {"counters", "Those asked about, and others of which something is recalled", SHAPE_LIST,
     .offset = AT(counters), .max = LEASE_COUNTERS_MAX + LEASE_RECALLS_MAX, .item = &counter_item,
     .item_size = sizeof(struct counter_out)},
    {"rejected", "Those of which nothing was taken in", SHAPE_LIST, .offset = AT(rejected),
     .max = LEASE_COUNTERS_MAX, .item = &rejected_item, .item_size = sizeof(struct rejected_out)},
};
#undef AT
const struct shape lease_answers_shape =
    SHAPE("LeaseAnswers", "What a node may spend", struct answers_out, answers_fields);

static struct counter_out counter_out_of(struct api_request *request,
                                         const struct lease_answer *answer) {
    struct instant now = request_now(request);
    int64_t ends_in = answer->period.end.ms - now.ms;
    struct take_request wanted = {.user_id = answer->user_id, .metric = answer->metric};
    return (struct counter_out){
        .user_id = answer->user_id,
        .metric = (int)answer->metric,
        .mode = (int)answer->mode,
        .period_start = answer->period.start.ms,
        .period_end = answer->period.end.ms,
        .period_ends_in_ms = ends_in > 0 ? ends_in : 0,
        .granted = answer->granted.amount,
        .reserve = answer->reserve.amount,
        .expires_in_ms = answer->expires_in.ms,
        .recall = answer->is_recalled,
        .answer = take_answer_of(request->api->app, &wanted, &answer->verdict, now, request->arena),
    };
}

struct exchange_in_hand {
    struct lease_exchange exchange; /* first: `finished` hands it back */
    struct api_request *request;
};

static void reply_answers(struct api_request *request, const struct lease_exchange *exchange) {
    struct counter_out *counters =
        arena_array(request->arena, exchange->answer_count, sizeof *counters);
    struct rejected_out *rejected =
        arena_array(request->arena, exchange->rejection_count, sizeof *rejected);
    for (size_t i = 0; counters != NULL && i < exchange->answer_count; i++) {
        counters[i] = counter_out_of(request, &exchange->answers[i]);
    }
    for (size_t i = 0; rejected != NULL && i < exchange->rejection_count; i++) {
        const struct lease_rejection *from = &exchange->rejections[i];
        rejected[i] = (struct rejected_out){from->user_id, str_from_cstr(from->code),
                                            str_from_cstr(from->detail), (int)from->metric};
    }
    if (arena_failed(request->arena)) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    struct answers_out out = {
        .incarnation = exchange->incarnation,
        .at = request_now(request).ms,
        .counters = {counters, exchange->answer_count},
        .rejected = {rejected, exchange->rejection_count},
    };
    reply_value(request, 200, &lease_answers_shape, &out);
}

static void exchanged(struct lease_exchange *exchange) {
    struct api_request *request = ((struct exchange_in_hand *)exchange)->request;
    if (exchange->command.outcome == OUTCOME_DONE) {
        reply_answers(request, exchange);
    } else {
        reply_problem(request, (int)exchange->command.outcome);
    }
}

void leases_exchange(struct api_request *request) {
    const struct exchange_in *in = request->body;
    struct exchange_in_hand *hand = ARENA_NEW(request->arena, struct exchange_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->request = request;
    hand->exchange.node = in->node;
    hand->exchange.epoch = in->epoch;
    hand->exchange.has_incarnation = in->has_incarnation;
    hand->exchange.incarnation = in->incarnation;
    hand->exchange.is_final = in->is_final;
    hand->exchange.statements = in->counters.items;
    hand->exchange.count = in->counters.count;
    hand->exchange.arena = request->arena;
    hand->exchange.finished = exchanged;
    lease_exchange(request->api->app, &hand->exchange);
}

/* --- who holds what --- */

struct leases_query {
    struct page_query page;
    struct str user_id, node;
};
#define AT(member) offsetof(struct leases_query, member)
static const struct shape_field query_fields[] = {
    {"userId", "Of this customer only", SHAPE_STR, .offset = AT(user_id), .min = 1,
     .max = LIMIT_USER_ID, .allowed = TEXT_TOKEN, .flags = SHAPE_OPTIONAL},
    {"node", "Of this node only", SHAPE_STR, .offset = AT(node), .min = 1, .max = LEASE_NODE_MAX,
     .allowed = TEXT_TOKEN, .flags = SHAPE_OPTIONAL},
    {"limit", "How many; 20 when not given", SHAPE_I64, .offset = AT(page.limit), .min = 1,
     .max = LIMIT_PAGE, .flags = SHAPE_OPTIONAL},
    {"cursor", "Where the page before ended", SHAPE_STR, .offset = AT(page.cursor), .min = 1,
     .max = 300, .flags = SHAPE_IDENTIFIER | SHAPE_OPTIONAL},
};
#undef AT
const struct shape leases_query_shape =
    SHAPE("LeasesQuery", "Which leases", struct leases_query, query_fields);

struct lease_out {
    struct str user_id, node, epoch;
    int metric, state;
    int64_t period_start, granted, taken, released, returned, recorded, outstanding, rate;
    int64_t expires_at, recalled_at, updated_at;
    bool is_recalled;
};
#define AT(member) offsetof(struct lease_out, member)
static const struct shape_field lease_fields[] = {
    {"userId", "The customer", SHAPE_STR, .offset = AT(user_id), .max = LIMIT_USER_ID},
    {"metric", "Of what", SHAPE_ENUM, .offset = AT(metric), .names = metric_names},
    {"periodStart", "Of the usage period", SHAPE_INSTANT, .offset = AT(period_start)},
    {"node", "Who holds it", SHAPE_STR, .offset = AT(node), .max = LEASE_NODE_MAX},
    {"epoch", "In which of its runs", SHAPE_STR, .offset = AT(epoch), .max = LEASE_NODE_MAX},
    {"state",
     "open; held: not renewed in time, and counted until the node returns; reclaimed: free again, "
     "though the node has not accounted for it; ending: about to go back",
     SHAPE_ENUM, .offset = AT(state), .names = state_names},
    {"granted", "All together", SHAPE_I64, .offset = AT(granted)},
    {"taken", "Spent", SHAPE_I64, .offset = AT(taken)},
    {"released", "Of that, given back by whoever had taken it", SHAPE_I64, .offset = AT(released)},
    {"returned", "Never spent, and given back", SHAPE_I64, .offset = AT(returned)},
    {"recorded", "Counted without a lease", SHAPE_I64, .offset = AT(recorded)},
    {"outstanding", "May still be spent; counts against the hard limit like use", SHAPE_I64,
     .offset = AT(outstanding)},
    {"rate", "Units a second, as the node says", SHAPE_I64, .offset = AT(rate)},
    {"expiresAt", "When it is no longer renewed, for the server", SHAPE_INSTANT,
     .offset = AT(expires_at)},
    {"recalledAt", "Since when it is to come back; null when it is not", SHAPE_INSTANT,
     .offset = AT(recalled_at), .flags = SHAPE_NULLABLE, .is_set = AT(is_recalled)},
    {"updatedAt", "When the node last spoke of it", SHAPE_INSTANT, .offset = AT(updated_at)},
};
#undef AT
static const struct shape lease_shape =
    SHAPE("Lease", "What a node holds of a counter", struct lease_out, lease_fields);
static const struct shape_field lease_item = {.kind = SHAPE_OBJECT, .of = &lease_shape};
static const struct shape_field leases_fields[] = {
    {"data", "By customer, metric, period, node and epoch", SHAPE_LIST,
     .offset = offsetof(struct page, data), .max = LIMIT_PAGE, .item = &lease_item,
     .item_size = sizeof(struct lease_out)},
    {"nextCursor", "Give it as `cursor` for the next page; null on the last", SHAPE_STR,
     .offset = offsetof(struct page, next_cursor), .max = 300, .flags = SHAPE_NULLABLE},
};
const struct shape leases_shape = SHAPE("Leases", "A page of leases", struct page, leases_fields);

static struct lease_out lease_out_of(const struct lease_row *row) {
    return (struct lease_out){
        .user_id = row->key.user_id,
        .node = row->key.node,
        .epoch = row->key.epoch,
        .metric = row->key.metric,
        .state = row->state,
        .period_start = row->key.period_start,
        .granted = row->lease.granted.amount,
        .taken = row->lease.taken.amount,
        .released = row->lease.released.amount,
        .returned = row->lease.returned.amount,
        .recorded = row->lease.recorded.amount,
        .outstanding = row->outstanding,
        .rate = row->rate,
        .expires_at = row->ends_at,
        .recalled_at = row->recalled_at,
        .is_recalled = row->recalled_at != ROW_NONE,
        .updated_at = row->updated_at,
    };
}

/* The key of the page's last row: what it is made of holds no blanks. */
static struct str cursor_of(struct arena *arena, const struct lease_key *key) {
    return arena_printf(arena, STR_FMT " %s %lld " STR_FMT " " STR_FMT, STR_ARG(key->user_id),
                        metric_name((enum metric)key->metric), (long long)key->period_start,
                        STR_ARG(key->node), STR_ARG(key->epoch));
}

/* Cuts the text up to the next blank off. */
static struct str cut(struct str *text) {
    size_t len = 0;
    while (len < text->len && text->bytes[len] != ' ') {
        len++;
    }
    struct str word = str_of(text->bytes, len);
    size_t gone = len < text->len ? len + 1 : len;
    *text = str_of(text->bytes + gone, text->len - gone);
    return word;
}

/* Whatever a cursor is, it names a place in the order of the keys. */
static void read_cursor(struct str cursor, struct lease_filter *filter) {
    filter->after.user_id = cut(&cursor);
    filter->after_metric = cut(&cursor);
    struct str start = cut(&cursor);
    if (!str_to_i64(start, &filter->after.period_start)) {
        filter->after.period_start = 0;
    }
    filter->after.node = cut(&cursor);
    filter->after.epoch = cut(&cursor);
}

void leases_list(struct api_request *request) {
    const struct leases_query *query = request->query;
    size_t size = page_size(&query->page);
    struct tx tx = request_read(request);
    struct row_list list;
    struct lease_filter filter = {.user_id = query->user_id, .node = query->node};
    read_cursor(query->page.cursor, &filter);
    if (reply_if_failed(request, leases_read(&tx, &filter, size + 1, &list))) {
        return;
    }
    const struct lease_row *rows = list.items;
    size_t count = list.count > size ? size : list.count;
    struct lease_out *out = arena_array(request->arena, count, sizeof *out);
    for (size_t i = 0; out != NULL && i < count; i++) {
        out[i] = lease_out_of(&rows[i]);
    }
    struct page page = {{out, out == NULL ? 0 : count}, {NULL, 0}};
    if (list.count > size) {
        page.next_cursor = cursor_of(request->arena, &rows[size - 1].key);
    }
    reply_value(request, 200, &leases_shape, &page);
}
