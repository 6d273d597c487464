#include "app/contract_plan.h"

#include <string.h>

#include "app/contract_terms_shape.h"
#include "base/check.h"
#include "base/crypto.h"
#include "store/setting.h"

/* What decides about the plan alone, so that contracts which differ otherwise share it. */
static struct contract_terms terms_of_plan(const struct contract_terms *terms, struct money price) {
    return (struct contract_terms){
        .tier = terms->tier,
        .plan_version = terms->plan_version,
        .interval = terms->interval,
        .amount = price,
        .override = terms->override,
        .term_months = terms->interval == INTERVAL_YEAR ? 12 : 1,
    };
}

/* A copy that lives as long as the book. */
static struct err put(struct app *app, struct plan plan, int32_t version) {
    struct plan *kept = env_alloc(app->env, sizeof *kept);
    if (kept == NULL) {
        return ERR(ERR_NO_MEMORY);
    }
    *kept = plan;
    kept->version = version;
    plan_book_put(app->plan_book, kept);
    return OK;
}

/* As it is kept, but for its version. */
static struct plan_version_row row_of(const struct app *app, struct tx *tx,
                                      const struct contract_terms *terms, const struct plan *plan) {
    struct contract_terms kept = terms_of_plan(terms, plan->prices[terms->interval].amount);
    struct str content = contract_terms_text(tx->cx, app->catalogue, &kept);
    return (struct plan_version_row){
        .tier = (int)terms->tier,
        .version = CATALOGUE_VERSION_MAX,
        .content_hash = sha256_text(tx->cx->arena, content),
        .content = content,
        .created_at = cx_now_ms(tx->cx),
    };
}

static struct err find_same(struct tx *tx, const struct plan_version_row *row,
                            int32_t *ret_version) {
    struct plan_version_row same;
    bool is_there = false;
    TRY(plan_version_same(tx, row, &same, &is_there));
    *ret_version = is_there ? (int32_t)same.version : 0;
    return OK;
}

struct err contract_plan_find(const struct app *app, struct tx *tx,
                              const struct contract_terms *terms, size_t step,
                              int32_t *ret_version) {
    struct plan plan = contract_plan(app->catalogue, terms, step);
    struct plan_version_row row = row_of(app, tx, terms, &plan);
    return find_same(tx, &row, ret_version);
}

struct err contract_plan_add(struct app *app, struct tx *tx, const struct contract_terms *terms,
                             size_t step, int32_t *ret_version) {
    struct plan plan = contract_plan(app->catalogue, terms, step);
    struct plan_version_row row = row_of(app, tx, terms, &plan);
    check(app->plan_book != NULL);
    TRY(find_same(tx, &row, ret_version));
    if (*ret_version > 0) {
        return OK;
    }
    if (!plan_book_reserve(app->plan_book, ret_version)) {
        return cx_fail(tx->cx, ERR(ERR_TOO_LARGE), "There are %d plans of contracts already.",
                       PLAN_BOOK_MAX);
    }
    row.version = *ret_version;
    TRY(plan_version_insert(tx, &row));
    return put(app, plan, *ret_version);
}

enum { PAGE = 500 };

/* False when the catalogue does not have what it builds on. */
static bool is_buildable(const struct app *app, struct cx *cx, const struct plan_version_row *row,
                         struct contract_terms *ret_terms) {
    return !err_failed(contract_terms_read(cx, app->catalogue, row->content, ret_terms)) &&
           catalogue_plan_version(app->catalogue, ret_terms->tier, ret_terms->plan_version) != NULL;
}

struct err contract_plans_load(struct app *app, struct tx *tx) {
    int64_t after = CATALOGUE_VERSION_MAX;
    struct row_list list = {.count = PAGE};
    while (app->plan_book != NULL && list.count == PAGE) {
        TRY(plan_version_list_after(tx, TIER_ENTERPRISE, after, PAGE, &list));
        const struct plan_version_row *rows = list.items;
        for (size_t i = 0; i < list.count; i++) {
            struct contract_terms terms;
            after = rows[i].version;
            if (!is_buildable(app, tx->cx, &rows[i], &terms)) {
                return cx_fail(tx->cx, ERR(ERR_CONFLICT),
                               "Version %lld of plan %s, which a contract sells, builds on a plan "
                               "or a feature that the catalogue no longer has.",
                               (long long)after, tier_name((enum tier)rows[i].tier));
            }
            TRY(put(app, contract_plan(app->catalogue, &terms, 0), (int32_t)after));
        }
    }
    return OK;
}

void contract_plans_destroy(struct app *app) {
    for (uint32_t i = 0; app->plan_book != NULL && i < app->plan_book->next; i++) {
        env_free(app->env, plan_book_take(app->plan_book, i));
    }
}
