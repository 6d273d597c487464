/* /api/admin/feedback/scores, themes and reasons: what feedback comes to. */
#include "api/feedback_resources.h"

#include "app/feedback_report.h"
#include "app/feedback_roadmap.h"

static const char *const part_names[] = {"all", "plan", "month", "cause", "band", NULL};
static_assert(ARRAY_LEN(part_names) == FEEDBACK_PART_COUNT + 1, "in the order of the enum");

/* --- of which time --- */

struct span_query {
    int64_t from, until;
    int by;
    bool has_from, has_until, has_by;
};
#define AT(member) offsetof(struct span_query, member)
#define SPAN_FIELDS                                                                                \
    {"from",                                                                                       \
     "What was said from then on; from the first when not given",                                  \
     SHAPE_INSTANT,                                                                                \
     .offset = AT(from),                                                                           \
     .flags = SHAPE_OPTIONAL,                                                                      \
     .is_set = AT(has_from)},                                                                      \
    {                                                                                              \
        "to", "And before then; to the last when not given", SHAPE_INSTANT,                        \
            .offset = AT(until), .flags = SHAPE_OPTIONAL, .is_set = AT(has_until)                  \
    }
static const struct shape_field span_fields[] = {SPAN_FIELDS};
static const struct shape_field scores_query_fields[] = {
    SPAN_FIELDS,
    {"by", "What answers are told apart by; all together when not given", SHAPE_ENUM,
     .offset = AT(by), .names = part_names, .flags = SHAPE_OPTIONAL, .is_set = AT(has_by)},
};
#undef AT
const struct shape feedback_span_query_shape =
    SHAPE("FeedbackSpanQuery", "Feedback of which time", struct span_query, span_fields);
const struct shape feedback_scores_query_shape =
    SHAPE("FeedbackScoresQuery", "Which scores", struct span_query, scores_query_fields);

/* False, with a reply. */
static bool read_span(struct api_request *request, struct feedback_span *ret_span) {
    const struct span_query *in = request->query;
    *ret_span = (struct feedback_span){
        .from = in != NULL && in->has_from ? in->from : INSTANT_MIN_MS,
        .until = in != NULL && in->has_until ? in->until : INSTANT_MAX_MS,
    };
    if (ret_span->from < ret_span->until) {
        return true;
    }
    struct shape_errors errors = {.count = 0};
    shape_error_add(&errors, request->arena, "/to", "an instant after `from`");
    reply_field_errors(request, PROBLEM_INVALID_QUERY, &errors);
    return false;
}

static void reply_list(struct api_request *request, const struct shape *shape, void *items,
                       size_t count) {
    struct page page = {{items, items == NULL ? 0 : count}, {NULL, 0}};
    reply_value(request, 200, shape, &page);
}

/* --- scores --- */

enum { NPS_MAX = 16 }; /* of "-100.0" */
static const char *const notes[] = {"few_answers", NULL};
struct score_out {
    struct str part, nps, low, high;
    int64_t answers, promoters, passives, detractors;
    int note;
    bool is_few;
};
#define AT(member) offsetof(struct score_out, member)
static const struct shape_field score_fields[] = {
    {"part", "The plan, the month (2026-03), what led to it, the band; all", SHAPE_STR,
     .offset = AT(part), .max = 32},
    {"nps",
     "Percent of promoters less percent of detractors, to a tenth: \"33.3\"; null: few answers, "
     "fewer than five",
     SHAPE_STR, .offset = AT(nps), .max = NPS_MAX, .flags = SHAPE_NULLABLE},
    {"low", "Where its interval of 95 % begins", SHAPE_STR, .offset = AT(low), .max = NPS_MAX,
     .flags = SHAPE_NULLABLE},
    {"high", "And ends", SHAPE_STR, .offset = AT(high), .max = NPS_MAX, .flags = SHAPE_NULLABLE},
    {"note", "few_answers: why there is no figure", SHAPE_ENUM, .offset = AT(note), .names = notes,
     .flags = SHAPE_NULLABLE, .is_set = AT(is_few)},
    {"answers", "How many", SHAPE_I64, .offset = AT(answers)},
    {"promoters", "9 and 10", SHAPE_I64, .offset = AT(promoters)},
    {"passives", "7 and 8", SHAPE_I64, .offset = AT(passives)},
    {"detractors", "0 to 6", SHAPE_I64, .offset = AT(detractors)},
};
#undef AT
static const struct shape score_shape =
    SHAPE("FeedbackScore", "What answers come to", struct score_out, score_fields);
static const struct shape_field score_item = {.kind = SHAPE_OBJECT, .of = &score_shape};
static const struct shape_field scores_fields[] = {
    {"data", "A part each", SHAPE_LIST, .offset = offsetof(struct page, data),
     .max = FEEDBACK_PARTS_MAX, .item = &score_item, .item_size = sizeof(struct score_out)},
    PAGE_CURSOR_FIELD,
};
const struct shape feedback_scores_shape =
    SHAPE("FeedbackScores", "Net Promoter Scores", struct page, scores_fields);

static struct str tenths(struct arena *arena, const struct nps *nps, int value) {
    int size = value < 0 ? -value : value;
    return nps->is_known
               ? arena_printf(arena, "%s%d.%d", value < 0 ? "-" : "", size / 10, size % 10)
               : STR("");
}

static struct score_out score_out_of(struct arena *arena, const struct feedback_score *score) {
    const struct nps *nps = &score->nps;
    return (struct score_out){
        .part = score->part,
        .nps = text_or_null(tenths(arena, nps, nps->score)),
        .low = text_or_null(tenths(arena, nps, nps->low)),
        .high = text_or_null(tenths(arena, nps, nps->high)),
        .is_few = !nps->is_known,
        .answers = nps->answers,
        .promoters = score->counts.promoters,
        .passives = score->counts.passives,
        .detractors = score->counts.detractors,
    };
}

void feedback_report_scores(struct api_request *request) {
    const struct span_query *in = request->query;
    enum feedback_part by = in != NULL && in->has_by ? (enum feedback_part)in->by : FEEDBACK_BY_ALL;
    struct feedback_span span;
    struct row_list list;
    if (!read_span(request, &span)) {
        return;
    }
    struct tx tx = request_read(request);
    if (reply_if_failed(request, feedback_scores_read(&tx, by, &span, &list))) {
        return;
    }
    const struct feedback_score *scores = list.items;
    struct score_out *out = arena_array(request->arena, list.count, sizeof *out);
    for (size_t i = 0; out != NULL && i < list.count; i++) {
        out[i] = score_out_of(request->arena, &scores[i]);
    }
    reply_list(request, &feedback_scores_shape, out, list.count);
}

/* --- themes --- */

struct theme_out {
    struct str theme, title, url;
    struct money mrr;
    int64_t customers, pieces, first_at, last_at;
    int roadmap_status;
    bool is_linked;
};
#define AT(member) offsetof(struct theme_out, member)
static const struct shape_field theme_fields[] = {
    {"theme", "What is heard", SHAPE_STR, .offset = AT(theme), .max = FEEDBACK_THEME_LENGTH},
    {"mrr", "What those who said it brought in a month then, each once", SHAPE_OBJECT,
     .offset = AT(mrr), .of = &money_shape},
    {"customers", "How many said it", SHAPE_I64, .offset = AT(customers)},
    {"pieces", "How often", SHAPE_I64, .offset = AT(pieces)},
    {"firstAt", "When first", SHAPE_INSTANT, .offset = AT(first_at)},
    {"lastAt", "When last", SHAPE_INSTANT, .offset = AT(last_at)},
    {"roadmapTitle", "To what of the roadmap it leads; null: to nothing", SHAPE_STR,
     .offset = AT(title), .max = ROADMAP_TITLE_MAX, .flags = SHAPE_NULLABLE},
    {"roadmapUrl", "Where more is said of that", SHAPE_STR, .offset = AT(url),
     .max = ROADMAP_URL_MAX, .flags = SHAPE_NULLABLE},
    {"roadmapStatus", "How that stands", SHAPE_ENUM, .offset = AT(roadmap_status),
     .names = roadmap_status_names, .flags = SHAPE_NULLABLE, .is_set = AT(is_linked)},
};
#undef AT
static const struct shape theme_shape =
    SHAPE("FeedbackTheme", "A theme, and its weight", struct theme_out, theme_fields);
static const struct shape_field theme_item = {.kind = SHAPE_OBJECT, .of = &theme_shape};
static const struct shape_field themes_fields[] = {
    {"data", "The heaviest first; a currency a row", SHAPE_LIST,
     .offset = offsetof(struct page, data), .max = FEEDBACK_THEMES_SHOWN, .item = &theme_item,
     .item_size = sizeof(struct theme_out)},
    PAGE_CURSOR_FIELD,
};
const struct shape feedback_themes_shape =
    SHAPE("FeedbackThemeSums", "Themes by weight", struct page, themes_fields);

static void put_link(const struct row_list *links, struct theme_out *out) {
    const struct roadmap_link_row *rows = links->items;
    out->title = out->url = text_or_null(STR(""));
    for (size_t i = 0; i < links->count; i++) {
        if (str_equal(rows[i].theme, out->theme)) {
            out->title = rows[i].title;
            out->url = rows[i].url;
            out->roadmap_status = rows[i].status;
            out->is_linked = true;
        }
    }
}

void feedback_report_themes(struct api_request *request) {
    struct feedback_span span;
    struct row_list list;
    struct row_list links;
    if (!read_span(request, &span)) {
        return;
    }
    struct tx tx = request_read(request);
    if (reply_if_failed(request, feedback_themes_read(&tx, &span, &list)) ||
        reply_if_failed(request, roadmap_links_read(&tx, &links))) {
        return;
    }
    const struct feedback_theme_sum *sums = list.items;
    struct theme_out *out = arena_array(request->arena, list.count, sizeof *out);
    for (size_t i = 0; out != NULL && i < list.count; i++) {
        out[i] = (struct theme_out){
            .theme = sums[i].theme,
            .mrr = money_stored(sums[i].monthly, sums[i].currency),
            .customers = sums[i].customers,
            .pieces = sums[i].pieces,
            .first_at = sums[i].first_at,
            .last_at = sums[i].last_at,
        };
        put_link(&links, &out[i]);
    }
    reply_list(request, &feedback_themes_shape, out, list.count);
}

/* --- reasons --- */

struct reason_out {
    struct str month, reason;
    int tier;
    int64_t count;
    struct money mrr;
};
#define AT(member) offsetof(struct reason_out, member)
static const struct shape_field reason_fields[] = {
    {"month", "Of UTC: 2026-03", SHAPE_STR, .offset = AT(month), .max = 7},
    {"tier", "The plan that was cancelled", SHAPE_ENUM, .offset = AT(tier), .names = tier_names},
    {"reason", "In Stripe's word; null: none was given", SHAPE_STR, .offset = AT(reason), .max = 32,
     .flags = SHAPE_NULLABLE},
    {"count", "How many", SHAPE_I64, .offset = AT(count)},
    {"mrr", "What they brought in a month", SHAPE_OBJECT, .offset = AT(mrr), .of = &money_shape},
};
#undef AT
static const struct shape reason_shape =
    SHAPE("FeedbackReason", "Why plans were cancelled", struct reason_out, reason_fields);
static const struct shape_field reason_item = {.kind = SHAPE_OBJECT, .of = &reason_shape};
static const struct shape_field reasons_fields[] = {
    {"data", "The last month first, and in it what cost most", SHAPE_LIST,
     .offset = offsetof(struct page, data), .max = FEEDBACK_REASONS_SHOWN, .item = &reason_item,
     .item_size = sizeof(struct reason_out)},
    PAGE_CURSOR_FIELD,
};
const struct shape feedback_reasons_shape =
    SHAPE("FeedbackReasons", "Why plans were cancelled, over time", struct page, reasons_fields);

void feedback_report_reasons(struct api_request *request) {
    struct feedback_span span;
    struct row_list list;
    if (!read_span(request, &span)) {
        return;
    }
    struct tx tx = request_read(request);
    if (reply_if_failed(request, feedback_reasons_read(&tx, &span, &list))) {
        return;
    }
    const struct feedback_reason_sum *sums = list.items;
    struct reason_out *out = arena_array(request->arena, list.count, sizeof *out);
    for (size_t i = 0; out != NULL && i < list.count; i++) {
        out[i] = (struct reason_out){
            .month = sums[i].month,
            .reason = text_or_null(sums[i].reason),
            .tier = sums[i].tier,
            .count = sums[i].count,
            .mrr = money_stored(sums[i].monthly, sums[i].currency),
        };
    }
    reply_list(request, &feedback_reasons_shape, out, list.count);
}
