/* /pricing as it is made here: everything that a visitor reads, in their language, with the prices
 * of whoever looks; its script adds what moves (ui/src/pages/pricing). docs/decisions/pages.md says
 * why it is made so.
 *
 * The whole page is one form by GET: what was chosen stands in the address, and is the same without
 * a script. */
#ifndef API_PRICING_H
#define API_PRICING_H

#include "api/pricing_words.h"
#include "api/request.h"
#include "app/subscription.h"
#include "core/estimate.h"

void pricing_page(struct api_request *request);
/* The prices alone, for a frame of those whom the operator has named. */
void pricing_embed(struct api_request *request);

struct pricing_view {
    struct api_request *request;
    struct arena *arena; /* the request's */
    const struct catalogue *catalogue;
    const struct pricing_words *words;
    enum language language;
    bool is_embedded;
    struct str headline, disclosure; /* of an experiment; empty: none */
    enum tier emphasis;              /* TIER_FREE: no plan is recommended */
    struct str experiment_id;        /* empty: they are in none */
    size_t arm;
    struct instant changed_at; /* when has_changed: the newest of the versions that are sold */
    bool has_changed;

    /* --- who looks --- */
    bool is_signed_in, is_operator, may_change;
    struct str address;       /* theirs */
    struct str zone;          /* in which times are shown: "UTC", "Europe/Berlin" */
    bool is_looking;          /* an operator, at a customer's pages */
    struct str looks, seen;   /* when is_looking: who at whose */
    struct str reason, until; /* when is_looking: why, and when it ends */
    bool has_subscription;
    struct subscription_view subscription; /* when has_subscription */
    bool is_legacy;                        /* they hold a version that is no longer sold */
    bool is_by_contract;                   /* or one of their own */
    /* By tier: the version that they hold, or else the one that is sold. */
    const struct plan *shown[TIER_COUNT];

    /* --- what they chose --- */
    enum interval interval;
    int picks[2]; /* enum tier: the columns of the comparison on a phone */
    bool only_differences;
    struct expected_use use;
    unsigned bad; /* 1 << metric: what was given is no amount */
    bool is_mine; /* the use is what they used lately */
};

/* How amounts of a metric are typed on the page. */
struct pricing_unit {
    const char *parameter; /* in the address: "bandwidth_gb" */
    int64_t scale;         /* of the metric's own unit in one */
    int digits;            /* behind the point, at most 3 */
};
const struct pricing_unit *pricing_unit(enum metric metric);
int64_t pricing_unit_max(enum metric metric); /* so that LIMIT_AMOUNT is not passed */
/* What to begin with: hobby, startup, scale. */
const struct expected_use *pricing_preset(int index);
enum { PRICING_PRESET_FIRST = 1, PRICING_USE_DAYS = 30 };

/* pricing_query.c: fills in what was chosen. False, with a reply, when the store failed. */
MUST_USE bool pricing_read_query(struct pricing_view *view);
/* "modules=3&…", in the units of the page; in the arena. */
struct str pricing_query_of(struct arena *arena, const struct expected_use *use);
/* 1,500,000,000 bytes: "1.5", as a field of numbers takes it. */
struct str pricing_typed(struct arena *arena, enum metric metric, struct quantity amount);

/* --- texts, in the arena --- */

struct str pricing_money(const struct pricing_view *view, struct money money);
/* Without ".00", as on a price tag. */
struct str pricing_tag(const struct pricing_view *view, struct money money);
struct str pricing_number(const struct pricing_view *view, int64_t number);
/* "10,000", "1 GB", "100 min" */
struct str pricing_quantity(const struct pricing_view *view, enum metric metric,
                            struct quantity quantity);
struct str pricing_plan_name(const struct plan *plan);
/* " class=…" of what is shown for that interval alone is by-month or by-year. */
extern const char *const pricing_by[INTERVAL_COUNT];

/* --- parts of the page, each by its file --- */

void pricing_add_head(const struct pricing_view *view, struct buf *page);
void pricing_add_foot(const struct pricing_view *view, struct buf *page);
void pricing_add_plans(const struct pricing_view *view, struct buf *page);
void pricing_add_compare(const struct pricing_view *view, struct buf *page);
void pricing_add_calculator(const struct pricing_view *view, struct buf *page);
/* A line drawing: "check", "minus", "clock"; decorative. */
void pricing_add_icon(struct buf *page, const char *name);

#endif
