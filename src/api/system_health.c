/* /api/admin/health: how the system is, figure by figure, each with the bounds from which it is
 * worth a look and from which it is bad. What a figure means is in its row. */
#include "api/operations_resources.h"

#include "app/handled.h"
#include "app/ports.h"
#include "app/reconcile.h"
#include "app/today.h"

#define HOUR INT64_C(3600)
#define GB INT64_C(1000000000)

enum check_id {
    CHECK_UPTIME,
    CHECK_GATE_P99,
    CHECK_ENFORCEMENT_P99,
    CHECK_HTTP_P50,
    CHECK_HTTP_P95,
    CHECK_HTTP_P99,
    CHECK_WRITER_WAITING,
    CHECK_COMMIT_MAX,
    CHECK_WRITER_FAILED,
    CHECK_DATABASE,
    CHECK_DISK,
    CHECK_CLOCK,
    CHECK_OUTBOX,
    CHECK_EVENTS_WAITING,
    CHECK_EVENTS_FAILED,
    CHECK_DELIVERIES,
    CHECK_OUTBOX_AGE,
    CHECK_EVENTS_AGE,
    CHECK_DELIVERIES_AGE,
    CHECK_MAILS_AGE,
    CHECK_USAGE_AGE,
    CHECK_JOBS_FAILED,
    CHECK_PARKED,
    CHECK_FROZEN,
    CHECK_PRIVACY,
    CHECK_BACKUP,
    CHECK_RECONCILIATION,
    CHECK_COUNT
};

enum unit { UNIT_COUNT, UNIT_SECONDS, UNIT_MICROSECONDS, UNIT_BYTES };
static const char *const units[] = {"count", "seconds", "microseconds", "bytes", NULL};

#define NEVER INT64_MAX
/* `warn` and `bad` are the first values that are; of what must not fall, the last that are not. */
static const struct check_row {
    const char *name, *meaning;
    enum unit unit;
    int64_t warn, bad;
    bool is_floor, must_be_known;
} rows[CHECK_COUNT] = {
    [CHECK_UPTIME] = {"uptime", "Since the server started.", UNIT_SECONDS, NEVER, NEVER, false,
                      false},
    [CHECK_GATE_P99] =
        {"gate_p99", "99 of 100 decisions at the gate were answered within this, since the start.",
         UNIT_MICROSECONDS, 10001, 250001, false, false},
    [CHECK_ENFORCEMENT_P99] =
        {"enforcement_p99",
         "99 of 100 requests with events were counted by the gate within this, in the last hour: "
         "from then on caps and limits hold for them.",
         UNIT_MICROSECONDS, 250001, 5000001, false, false},
    [CHECK_HTTP_P50] = {"http_p50",
                        "Half of all requests were answered within this, since the start.",
                        UNIT_MICROSECONDS, 50001, 1000001, false, false},
    [CHECK_HTTP_P95] = {"http_p95",
                        "95 of 100 requests were answered within this, since the start.",
                        UNIT_MICROSECONDS, 250001, 5000001, false, false},
    [CHECK_HTTP_P99] = {"http_p99",
                        "99 of 100 requests were answered within this, since the start; some wait "
                        "for the payment provider.",
                        UNIT_MICROSECONDS, 5000001, 30000001, false, false},
    [CHECK_WRITER_WAITING] = {"writer_waiting", "Changes that wait to be written.", UNIT_COUNT,
                              1000, 10000, false, false},
    [CHECK_COMMIT_MAX] = {"commit_max", "The longest write to the disk since the start.",
                          UNIT_MICROSECONDS, 1000000, 10000000, false, false},
    [CHECK_WRITER_FAILED] = {"writer_failed",
                             "Changes that failed here and were undone, since the start.",
                             UNIT_COUNT, 1, 100, false, false},
    [CHECK_DATABASE] = {"database", "Size of the database.", UNIT_BYTES, NEVER, NEVER, false,
                        false},
    [CHECK_DISK] = {"disk_free", "What is left on its disk.", UNIT_BYTES, 5 * GB, GB, true, false},
    [CHECK_CLOCK] = {"clock_skew",
                     "By how much the payment provider's clock and ours differed with its last "
                     "answer; it tells whole seconds.",
                     UNIT_SECONDS, 5, 60, false, false},
    [CHECK_OUTBOX] = {"outbox",
                      "Calls to the payment provider that wait for an answer or to be made again.",
                      UNIT_COUNT, 50, 500, false, false},
    [CHECK_EVENTS_WAITING] = {"events_waiting",
                              "Events of the payment provider that wait to be applied.", UNIT_COUNT,
                              100, 1000, false, false},
    [CHECK_EVENTS_FAILED] = {"events_failed",
                             "Events that were given up until somebody applies them again.",
                             UNIT_COUNT, 1, 100, false, false},
    [CHECK_DELIVERIES] = {"deliveries_waiting",
                          "Webhooks that are to be sent, for the first time or again.", UNIT_COUNT,
                          100, 10000, false, false},
    [CHECK_OUTBOX_AGE] = {"outbox_age",
                          "How long the oldest call to the payment provider has waited; 0: none "
                          "waits.",
                          UNIT_SECONDS, HOUR / 4, 6 * HOUR, false, false},
    [CHECK_EVENTS_AGE] = {"events_age",
                          "How long the oldest event of the payment provider has waited to be "
                          "applied; 0: none waits.",
                          UNIT_SECONDS, HOUR / 4, 6 * HOUR, false, false},
    [CHECK_DELIVERIES_AGE] = {"deliveries_age",
                              "How long the oldest webhook has waited to be sent; 0: none waits.",
                              UNIT_SECONDS, HOUR, 24 * HOUR, false, false},
    [CHECK_MAILS_AGE] = {"mails_age",
                         "How long the oldest mail has waited to be sent; 0: none waits.",
                         UNIT_SECONDS, HOUR, 24 * HOUR, false, false},
    [CHECK_USAGE_AGE] = {"usage_age", "Since usage of any customer was last recorded.",
                         UNIT_SECONDS, 24 * HOUR, NEVER, false, false},
    [CHECK_JOBS_FAILED] = {"jobs_failed", "Jobs whose last run failed.", UNIT_COUNT, 1, 5, false,
                           false},
    [CHECK_PARKED] = {"customers_parked",
                      "Customers whom nothing is charged until somebody has looked.", UNIT_COUNT, 1,
                      100, false, false},
    [CHECK_FROZEN] = {"charging_frozen", "1 while nothing leaves for the payment provider.",
                      UNIT_COUNT, 1, 1, false, false},
    [CHECK_PRIVACY] = {"privacy_overdue",
                       "What people asked of their data and should have been answered by now.",
                       UNIT_COUNT, 1, 1, false, false},
    [CHECK_BACKUP] = {"backup_age", "Since the last backup that was recorded as good.",
                      UNIT_SECONDS, 26 * HOUR, 72 * HOUR, false, true},
    [CHECK_RECONCILIATION] =
        {"reconciliation_age",
         "Since the last comparison of everything with the payment provider began.", UNIT_SECONDS,
         26 * HOUR, 72 * HOUR, false, false},
};

/* --- as shown --- */

enum health { HEALTH_OK, HEALTH_WARN, HEALTH_BAD, HEALTH_UNKNOWN };
static const char *const healths[] = {"ok", "warn", "bad", "unknown", NULL};

struct check_out {
    struct str id, meaning;
    int status, unit;
    int64_t value, warn, bad;
    bool has_value, has_warn, has_bad, is_floor;
};
#define AT(member) offsetof(struct check_out, member)
static const struct shape_field check_fields[] = {
    {"id", "Such as http_p95", SHAPE_STR, .offset = AT(id), .max = 32},
    {"status", "warn: worth a look; unknown: there is no figure", SHAPE_ENUM, .offset = AT(status),
     .names = healths},
    {"value", "The figure; null: it is not known", SHAPE_I64, .offset = AT(value),
     .flags = SHAPE_NULLABLE, .is_set = AT(has_value)},
    {"unit", "Of the figure and its bounds", SHAPE_ENUM, .offset = AT(unit), .names = units},
    {"warnFrom", "From then on it is worth a look; null: never", SHAPE_I64, .offset = AT(warn),
     .flags = SHAPE_NULLABLE, .is_set = AT(has_warn)},
    {"badFrom", "From then on it is bad; null: never", SHAPE_I64, .offset = AT(bad),
     .flags = SHAPE_NULLABLE, .is_set = AT(has_bad)},
    {"isFloor", "The bounds are below: it must not fall under them", SHAPE_BOOL,
     .offset = AT(is_floor)},
    {"meaning", "What is counted or measured", SHAPE_STR, .offset = AT(meaning), .max = 200},
};
#undef AT
static const struct shape check_shape =
    SHAPE("HealthCheck", "A figure with its bounds", struct check_out, check_fields);
static const struct shape_field check_item = {.kind = SHAPE_OBJECT, .of = &check_shape};

struct health_out {
    struct shape_list data;
    struct str version;
    int64_t as_of;
    int status;
};
#define AT(member) offsetof(struct health_out, member)
static const struct shape_field health_fields[] = {
    {"data", "All figures", SHAPE_LIST, .offset = AT(data), .max = CHECK_COUNT, .item = &check_item,
     .item_size = sizeof(struct check_out)},
    {"status", "The worst of them", SHAPE_ENUM, .offset = AT(status), .names = healths},
    {"version", "Of the program", SHAPE_STR, .offset = AT(version), .max = 32},
    {"asOf", "When", SHAPE_INSTANT, .offset = AT(as_of)},
};
#undef AT
const struct shape system_health_shape =
    SHAPE("SystemHealth", "How the system is", struct health_out, health_fields);

static enum health judge(const struct check_row *row, bool is_known, int64_t value) {
    if (!is_known) {
        return row->must_be_known ? HEALTH_WARN : HEALTH_UNKNOWN;
    }
    if (row->is_floor) {
        return value <= row->bad ? HEALTH_BAD : value <= row->warn ? HEALTH_WARN : HEALTH_OK;
    }
    return value >= row->bad ? HEALTH_BAD : value >= row->warn ? HEALTH_WARN : HEALTH_OK;
}

/* --- the figures --- */

static int64_t age_s(int64_t now_ms, int64_t then_ms) {
    return then_ms > now_ms ? 0 : (now_ms - then_ms) / 1000;
}

/* 0: nothing waits. */
static uint64_t wait_s(int64_t now_ms, int64_t since_ms) {
    return since_ms == 0 ? 0 : (uint64_t)age_s(now_ms, since_ms);
}

/* A drill tells of a backup too, but takes none. */
static struct err backup_at(struct tx *tx, int64_t *ret_at) {
    struct row_list list;
    TRY(backup_records_read(tx, STR("~"), LIMIT_PAGE, &list));
    const struct backup_record_row *records = list.items;
    for (size_t i = 0; i < list.count; i++) {
        if (str_equal(records[i].kind, STR("backup")) &&
            str_equal(records[i].outcome, STR("good"))) {
            *ret_at = records[i].taken_at;
            return OK;
        }
    }
    return OK;
}

static struct err read_ages(struct api_request *request, int64_t now, uint64_t *values) {
    struct tx tx = request_read(request);
    int64_t backup = 0;
    int64_t compared = 0;
    TRY(backup_at(&tx, &backup));
    TRY(reconciliation_last_started(&tx, true, &compared));
    struct today_ages ages;
    TRY(today_ages_read(&tx, &ages));
    values[CHECK_OUTBOX_AGE] = wait_s(now, ages.oldest.calls);
    values[CHECK_EVENTS_AGE] = wait_s(now, ages.oldest.events);
    values[CHECK_DELIVERIES_AGE] = wait_s(now, ages.oldest.deliveries);
    values[CHECK_MAILS_AGE] = wait_s(now, ages.oldest.mails);
    values[CHECK_USAGE_AGE] = ages.usage_at == 0 ? UINT64_MAX : wait_s(now, ages.usage_at);
    values[CHECK_BACKUP] = backup == 0 ? UINT64_MAX : (uint64_t)age_s(now, backup);
    values[CHECK_RECONCILIATION] = compared == 0 ? UINT64_MAX : (uint64_t)age_s(now, compared);
    return OK;
}

static uint64_t latency_us(const struct stats *stats, enum stats_requests which,
                           unsigned permille) {
    uint64_t ns = stats_latency_ns(stats, which, permille);
    return ns == UINT64_MAX ? ns : ns / 1000;
}

static uint64_t enforcement_us(const struct api_request *request) {
    struct env *env = request->api->env;
    struct latency_summary took = stats_enforcement(request->api->stats, env->mono_ns(env)).took;
    return took.count == 0 ? UINT64_MAX : took.p99_ns / 1000;
}

static uint64_t skew_s(const struct payments *payments) {
    if (payments == NULL || !payments->has_clock) {
        return UINT64_MAX;
    }
    int64_t ms = payments->clock_ahead_ms;
    return (uint64_t)(ms < 0 ? -ms : ms) / 1000;
}

static uint64_t failed_jobs(const struct api_surroundings *around) {
    struct api_job jobs[API_JOBS_MAX];
    uint64_t failed = 0;
    size_t count = around->jobs == NULL ? 0 : around->jobs(around->context, jobs);
    for (size_t i = 0; i < count; i++) {
        failed += jobs[i].has_failed;
    }
    return failed;
}

static void read_figures(struct api_request *request, uint64_t values[CHECK_COUNT]) {
    const struct api_surroundings *around = &request->api->options.surroundings;
    const struct stats *stats = request->api->stats;
    struct api_figures figures = {0};
    struct api_machine machine = {UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX};
    if (around->figures != NULL) {
        around->figures(around->context, &figures);
    }
    if (around->machine != NULL) {
        around->machine(around->context, &machine);
    }
    values[CHECK_UPTIME] = machine.uptime_seconds;
    values[CHECK_DATABASE] = machine.database_bytes;
    values[CHECK_DISK] = machine.disk_free_bytes;
    values[CHECK_WRITER_WAITING] = machine.writer_waiting;
    values[CHECK_GATE_P99] = latency_us(stats, STATS_GATE, 990);
    values[CHECK_ENFORCEMENT_P99] = enforcement_us(request);
    values[CHECK_HTTP_P50] = latency_us(stats, STATS_ALL_REQUESTS, 500);
    values[CHECK_HTTP_P95] = latency_us(stats, STATS_ALL_REQUESTS, 950);
    values[CHECK_HTTP_P99] = latency_us(stats, STATS_ALL_REQUESTS, 990);
    values[CHECK_COMMIT_MAX] = figures.commit_ns_max / 1000;
    values[CHECK_WRITER_FAILED] = figures.writer_failed;
    values[CHECK_OUTBOX] = figures.outbox_pending_now;
    values[CHECK_EVENTS_WAITING] = figures.webhooks_received_now;
    values[CHECK_EVENTS_FAILED] = figures.webhooks_failed;
    values[CHECK_DELIVERIES] = figures.webhook_deliveries_waiting_now;
    values[CHECK_PARKED] = figures.customers_parked_now;
    values[CHECK_FROZEN] = figures.charging_frozen_now;
    values[CHECK_PRIVACY] = figures.privacy_overdue_now;
    values[CHECK_JOBS_FAILED] = failed_jobs(around);
    values[CHECK_CLOCK] = skew_s(request->api->app->payments);
}

static struct check_out check_out_of(const struct check_row *row, uint64_t value) {
    bool is_known = value <= (uint64_t)INT64_MAX;
    return (struct check_out){
        .id = str_from_cstr(row->name),
        .meaning = str_from_cstr(row->meaning),
        .status = (int)judge(row, is_known, (int64_t)value),
        .unit = (int)row->unit,
        .value = (int64_t)value,
        .has_value = is_known,
        .warn = row->warn,
        .has_warn = row->warn != NEVER,
        .bad = row->bad,
        .has_bad = row->bad != NEVER,
        .is_floor = row->is_floor,
    };
}

void system_health_list(struct api_request *request) {
    uint64_t values[CHECK_COUNT] = {0};
    struct check_out out[CHECK_COUNT];
    struct health_out health = {
        .data = {out, CHECK_COUNT},
        .version = str_from_cstr(request->api->options.version),
        .as_of = request_now(request).ms,
    };
    read_figures(request, values);
    if (reply_if_failed(request, read_ages(request, health.as_of, values))) {
        return;
    }
    for (size_t i = 0; i < CHECK_COUNT; i++) {
        out[i] = check_out_of(&rows[i], values[i]);
        bool is_worse = out[i].status != (int)HEALTH_UNKNOWN && out[i].status > health.status;
        health.status = is_worse ? out[i].status : health.status;
    }
    reply_value(request, 200, &system_health_shape, &health);
}
