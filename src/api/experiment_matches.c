/* POST /api/admin/experiments/:id/matches: the lower price of another arm for who saw a higher one.
 */
#include "api/experiment_resources.h"

#include "app/experiment_match.h"

enum { ID_MAX = 128, ARM_MAX = 40, REASON_MAX = 1000 };

struct match_in {
    struct str unit_id, arm, reason;
};
#define AT(member) offsetof(struct match_in, member)
static const struct shape_field in_fields[] = {
    {"unitId", "A visitor's id, or the account's, that was shown something", SHAPE_STR,
     .offset = AT(unit_id), .min = 1, .max = ID_MAX, .allowed = TEXT_TOKEN,
     .flags = SHAPE_IDENTIFIER},
    {"arm", "Whose prices they are to be given", SHAPE_STR, .offset = AT(arm), .min = 1,
     .max = ARM_MAX},
    {"reason", "For the audit log", SHAPE_STR, .offset = AT(reason), .min = 3, .max = REASON_MAX},
};
#undef AT
const struct shape experiment_match_shape =
    SHAPE("ExperimentMatch", "A lower price to be given", struct match_in, in_fields);

struct match_query {
    bool preview;
};
static const struct shape_field query_fields[] = {
    {"preview", "Only say what would become lower", SHAPE_BOOL,
     .offset = offsetof(struct match_query, preview), .flags = SHAPE_OPTIONAL},
};
const struct shape experiment_match_query_shape =
    SHAPE("ExperimentMatchQuery", "Whether it is done", struct match_query, query_fields);

struct line_out {
    struct str tier, interval;
    struct money before, after;
};
#define AT(member) offsetof(struct line_out, member)
static const struct shape_field line_fields[] = {
    {"tier", "The plan", SHAPE_STR, .offset = AT(tier), .max = 16},
    {"interval", "month or year", SHAPE_STR, .offset = AT(interval), .max = 16},
    {"before", "What they would pay", SHAPE_OBJECT, .offset = AT(before), .of = &money_shape},
    {"after", "And what from now on", SHAPE_OBJECT, .offset = AT(after), .of = &money_shape},
};
#undef AT
static const struct shape line_shape =
    SHAPE("ExperimentMatchLine", "A price that becomes lower", struct line_out, line_fields);
static const struct shape_field line_item = {.kind = SHAPE_OBJECT, .of = &line_shape};

struct matched_out {
    struct str unit_id, arm;
    struct shape_list lines;
};
#define AT(member) offsetof(struct matched_out, member)
static const struct shape_field matched_fields[] = {
    {"unitId", "Who pays less", SHAPE_STR, .offset = AT(unit_id), .max = ID_MAX},
    {"arm", "Whose prices they are given", SHAPE_STR, .offset = AT(arm), .max = ARM_MAX},
    {"prices", "That become lower", SHAPE_LIST, .offset = AT(lines), .max = EXPERIMENT_MATCH_LINES,
     .item = &line_item, .item_size = sizeof(struct line_out)},
};
#undef AT
const struct shape experiment_matched_shape =
    SHAPE("ExperimentMatched", "Who pays less, and for what", struct matched_out, matched_fields);

bool experiment_match_only_asks(const struct api_request *request) {
    const struct match_query *query = request->query;
    return query != NULL && query->preview;
}

static void reply_match(struct api_request *request, const struct experiment_match *match,
                        int outcome) {
    if (outcome != OUTCOME_DONE) {
        reply_problem(request, outcome);
        return;
    }
    struct line_out *out = arena_array(request->arena, match->count, sizeof *out);
    for (size_t i = 0; out != NULL && i < match->count; i++) {
        const struct experiment_match_line *line = &match->lines[i];
        out[i] = (struct line_out){
            .tier = str_from_cstr(tier_name(line->tier)),
            .interval = str_from_cstr(interval_name(line->interval)),
            .before = line->before,
            .after = line->after,
        };
    }
    const struct matched_out matched = {
        match->unit_id, match->arm, {out, out == NULL ? 0 : match->count}};
    reply_value(request, 200, &experiment_matched_shape, &matched);
}

struct match_in_hand {
    struct experiment_match match; /* first: `done` hands it back */
    struct api_request *request;
};

static void matched(struct command *command) {
    struct match_in_hand *hand = (struct match_in_hand *)command;
    reply_match(hand->request, &hand->match, (int)command->outcome);
}

void experiment_matches_post(struct api_request *request) {
    const struct match_in *in = request->body;
    struct match_in_hand *hand = ARENA_NEW(request->arena, struct match_in_hand);
    if (hand == NULL) {
        reply_problem(request, PROBLEM_INTERNAL);
        return;
    }
    hand->request = request;
    hand->match.id = request->values[0];
    hand->match.unit_id = in->unit_id;
    hand->match.arm = in->arm;
    hand->match.reason = in->reason;
    hand->match.command.done = matched;
    if (!experiment_match_only_asks(request)) {
        experiment_match(request->api->app, &hand->match);
        return;
    }
    enum outcome outcome = OUTCOME_DONE;
    struct tx tx = request_read(request);
    if (!reply_if_failed(request,
                         experiment_match_look(request->api->app, &tx, &hand->match, &outcome))) {
        reply_match(request, &hand->match, (int)outcome);
    }
}
