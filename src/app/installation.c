#include "app/installation.h"

#include "app/keyring.h"
#include "base/check.h"
#include "base/crypto.h"
#include "store/mail.h"
#include "store/setting.h"

static struct err read_id(struct app *app, struct tx *tx) {
    struct str id;
    TRY(setting_get(tx, "installation_id", &id));
    if (id.len == 0) {
        struct record_id fresh = id_new(tx->cx, "inst");
        id = arena_str(tx->cx->arena, id_str(&fresh));
        TRY(setting_put(tx, "installation_id", id));
    }
    app->installation_id = id;
    return OK;
}

enum { RANDOM_BYTES_MAX = 32 };

/* Behind `prefix` so many random bytes in hex, made when it is first read. */
static struct err read_random(struct tx *tx, const char *name, const char *prefix, size_t bytes,
                              struct str *ret_text) {
    TRY(setting_get(tx, name, ret_text));
    if (ret_text->len > 0) {
        return OK;
    }
    struct cx *cx = tx->cx;
    uint8_t random[RANDOM_BYTES_MAX];
    char hex[2 * RANDOM_BYTES_MAX];
    check(bytes <= sizeof random);
    cx->env->random(cx->env, random, bytes);
    str_hex(random, bytes, hex);
    *ret_text = arena_printf(cx->arena, "%s%.*s", prefix, (int)(2 * bytes), hex);
    return arena_failed(cx->arena) ? ERR(ERR_NO_MEMORY) : setting_put(tx, name, *ret_text);
}

/* What a version promises its subscribers, in one line; wording and support may change. */
static struct str content_of(struct cx *cx, const struct catalogue *catalogue,
                             const struct plan *plan) {
    struct str text = STR("");
    for (int i = 0; i < INTERVAL_COUNT; i++) {
        text = arena_printf(cx->arena, STR_FMT "%s=%lld%s ", STR_ARG(text),
                            interval_name((enum interval)i),
                            plan->prices[i].is_set ? (long long)plan->prices[i].amount.minor : -1LL,
                            catalogue->currency.code);
    }
    for (int i = 0; i < METRIC_COUNT; i++) {
        const struct limit *limit = &plan->limits[i];
        text = arena_printf(cx->arena, STR_FMT "%s=%d:%lld:%d ", STR_ARG(text),
                            metric_name((enum metric)i), (int)limit->kind,
                            (long long)limit->amount.amount, (int)limit->soft_limit_percent);
    }
    for (size_t i = 0; i < catalogue->feature_count; i++) {
        if ((plan->features.bits >> i & 1) != 0) {
            text =
                arena_printf(cx->arena, STR_FMT "%s ", STR_ARG(text), catalogue->features[i].name);
        }
    }
    return text;
}

/* Checks it, and records it when it is in force and new. */
static struct err keep_version(struct app *app, struct tx *tx, const struct plan *plan,
                               bool is_in_force) {
    struct str content = content_of(tx->cx, app->catalogue, plan);
    struct str now = sha256_text(tx->cx->arena, content);
    struct str before;
    TRY(plan_version_hash(tx, (int)plan->tier, plan->version, &before));
    if (before.len > 0 && !str_equal(before, now)) {
        return cx_fail(tx->cx, ERR(ERR_CONFLICT),
                       "The catalogue changes plan %s version %d, which has been offered already. "
                       "Give the changed plan a new version beside the old one.",
                       tier_name(plan->tier), (int)plan->version);
    }
    struct plan_version_row row = {
        .tier = (int)plan->tier,
        .version = plan->version,
        .content_hash = now,
        .content = content,
        .created_at = cx_now_ms(tx->cx),
    };
    return before.len > 0 || !is_in_force ? OK : plan_version_insert(tx, &row);
}

struct err installation_prepare(struct app *app, struct tx *tx) {
    bool is_new = false;
    TRY(keyring_prepare(tx, &is_new));
    if (is_new) {
        TRY(keyring_seal_older(tx));
    }
    TRY(mail_suppression_seal_all(tx));
    TRY(read_id(app, tx));
    TRY(read_random(tx, "mail_key", "", 32, &app->mail_key));
    TRY(read_random(tx, "audit_key", "", 32, &app->audit_key));
    for (size_t i = 0; i < app->catalogue->plan_count; i++) {
        TRY(keep_version(app, tx, &app->catalogue->plans[i], false));
    }
    return OK;
}

struct err installation_keep_plans(struct app *app, struct tx *tx) {
    for (size_t i = 0; i < app->catalogue->plan_count; i++) {
        TRY(keep_version(app, tx, &app->catalogue->plans[i], true));
    }
    return OK;
}

/* As long as Stripe's. */
struct err installation_prepare_endpoint(struct tx *tx,
                                         struct installation_endpoint *ret_endpoint) {
    TRY(read_random(tx, "webhook_endpoint_id", "we_", 12, &ret_endpoint->id));
    return read_random(tx, "webhook_endpoint_secret", "whsec_", 16, &ret_endpoint->secret);
}
