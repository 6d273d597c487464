#include "app/webhook_delivery.h"

#include "app/webhook_endpoint.h"
#include "app/webhook_signature.h"
#include "base/check.h"
#include "base/json.h"
#include "base/rfc3339.h"
#include "core/calendar.h"
#include "core/money.h"

enum { BODY_MAX = 64 * 1024 };

/* --- written with the event --- */

static void put_amount(struct json_writer *out, const struct billing_event_row *event) {
    json_name(out, "amount");
    if (event->amount == ROW_NONE) {
        json_put_null(out);
        return;
    }
    json_open_object(out);
    json_member_i64(out, "amount", event->amount);
    json_member_str(out, "currency", event->currency);
    json_close_object(out);
}

static void put_data(struct json_writer *out, const struct billing_event_row *event) {
    json_name(out, "data");
    json_open_object(out);
    json_member_str(out, "id", id_str(&event->id));
    json_name(out, "userId");
    if (event->user_id.len > 0) {
        json_put_str(out, event->user_id);
    } else {
        json_put_null(out);
    }
    json_member_str(out, "description", event->description);
    put_amount(out, event);
    json_name(out, "metadata");
    json_put_raw(out, event->metadata);
    json_close_object(out);
}

/* {"type", "timestamp", "data"}, as the standard has it. */
static struct str body_of(struct cx *cx, const struct billing_event_row *event) {
    char timestamp[RFC3339_SIZE];
    struct json_writer out;
    struct buf buf;
    rfc3339_format(event->created_at, timestamp);
    buf_init(&buf, cx->env, BODY_MAX);
    json_writer_init(&out, &buf);
    json_open_object(&out);
    json_member_str(&out, "type", event->type);
    json_member_cstr(&out, "timestamp", timestamp);
    put_data(&out, event);
    json_close_object(&out);
    return buf_finish_in(&buf, cx->arena);
}

/* What is not sent to an endpoint that is disabled can be replayed once it is enabled. */
static struct err order_one(struct tx *tx, const struct webhook_endpoint_row *endpoint,
                            const struct billing_event_row *event, struct record_id *ret_id) {
    bool is_enabled = endpoint->status == WEBHOOK_ENDPOINT_ENABLED;
    int64_t now = cx_now_ms(tx->cx);
    struct webhook_delivery_row row = {
        .id = id_new(tx->cx, "whdl"),
        .endpoint_id = endpoint->id,
        .event_id = event->id,
        .user_id = event->user_id,
        .type = event->type,
        .body = body_of(tx->cx, event),
        .status = is_enabled ? WEBHOOK_DELIVERY_WAITING : WEBHOOK_DELIVERY_FAILED,
        .next_attempt_at = is_enabled ? now : ROW_NONE,
        .created_at = now,
        .finished_at = is_enabled ? ROW_NONE : now,
        .last_error = is_enabled ? STR("") : STR("The endpoint was disabled."),
    };
    *ret_id = row.id;
    return webhook_delivery_insert(tx, &row);
}

struct err webhook_delivery_order(struct tx *tx, const struct billing_event_row *event) {
    struct row_list list;
    struct record_id id;
    TRY(webhook_endpoints_read(tx, &list));
    const struct webhook_endpoint_row *endpoints = list.items;
    for (size_t i = 0; i < list.count; i++) {
        if (webhook_types_have(endpoints[i].types, event->type)) {
            TRY(order_one(tx, &endpoints[i], event, &id));
        }
    }
    return OK;
}

/* --- sent --- */

struct err webhook_deliveries_waiting(struct tx *tx, struct str endpoint_id, size_t max,
                                      struct row_list *ret_list) {
    return webhook_delivery_waiting(tx, endpoint_id, cx_now_ms(tx->cx), max, ret_list);
}

struct err webhook_deliveries_next_due(struct tx *tx, struct instant *ret_at) {
    int64_t at = ROW_NONE;
    TRY(webhook_delivery_next_due(tx, cx_now_ms(tx->cx), &at));
    *ret_at = at == ROW_NONE ? INSTANT_MAX : (struct instant){at};
    return OK;
}

/* The one before signs for as long as the overlap lasts. */
static size_t secrets_of(const struct webhook_endpoint_row *endpoint, int64_t now,
                         struct str ret_secrets[WEBHOOK_SECRETS_MAX]) {
    size_t count = 0;
    ret_secrets[count++] = endpoint->secret;
    if (endpoint->secret_before.len > 0 && endpoint->secret_before_until > now) {
        ret_secrets[count++] = endpoint->secret_before;
    }
    return count;
}

struct err webhook_parcel_read(struct tx *tx, const struct webhook_endpoint_row *endpoint,
                               struct str delivery_id, struct webhook_parcel *ret_parcel,
                               bool *ret_found) {
    struct arena *arena = tx->cx->arena;
    struct instant now = {cx_now_ms(tx->cx)};
    struct webhook_delivery_row row;
    struct str secrets[WEBHOOK_SECRETS_MAX];
    TRY(webhook_delivery_get(tx, delivery_id, &row, ret_found));
    if (!*ret_found) {
        return OK;
    }
    const struct webhook_message message = {
        .id = id_str(&row.event_id),
        .timestamp_s = instant_unix_seconds(now),
        .body = row.body,
    };
    size_t secret_count = secrets_of(endpoint, now.ms, secrets);
    struct str signature = webhook_signature(arena, &message, secrets, secret_count);
    *ret_parcel = (struct webhook_parcel){
        .url = endpoint->url,
        .body = row.body,
        .headers = {STR("Content-Type: application/json"), STR("User-Agent: Turnpike"),
                    arena_printf(arena, "webhook-id: %s", row.event_id.text),
                    arena_printf(arena, "webhook-timestamp: %lld", (long long)message.timestamp_s),
                    arena_printf(arena, "webhook-signature: " STR_FMT, STR_ARG(signature))},
        .header_count = WEBHOOK_HEADERS_MAX,
    };
    return arena_failed(arena) ? ERR(ERR_NO_MEMORY) : OK;
}

/* --- settled --- */

/* After the first attempt that failed, and each that follows. */
static const int64_t waits_s[] = {5,         5 * 60,    30 * 60,   2 * 3600, 5 * 3600,
                                  10 * 3600, 14 * 3600, 20 * 3600, 24 * 3600};
static_assert(ARRAY_LEN(waits_s) == WEBHOOK_ATTEMPTS_MAX - 1, "a wait between two attempts");

/* Up to a tenth longer, so that what failed at once does not come back at once. */
static int64_t with_jitter(int64_t wait_ms, uint32_t chance) {
    return wait_ms + (int64_t)(((uint64_t)wait_ms / 10 * chance) >> 32);
}

static void end_delivery(struct webhook_delivery_row *row, int status, int64_t now) {
    row->status = status;
    row->next_attempt_at = ROW_NONE;
    row->finished_at = now;
}

static void put_off(const struct webhook_settle *settle, struct webhook_delivery_row *row,
                    int64_t now) {
    int64_t tried = row->attempts - row->attempts_before;
    if (tried >= WEBHOOK_ATTEMPTS_MAX) {
        end_delivery(row, WEBHOOK_DELIVERY_FAILED, now);
        return;
    }
    int64_t wait = with_jitter(waits_s[tried - 1] * 1000, settle->chance);
    wait = settle->retry_after_ms > wait ? settle->retry_after_ms : wait;
    row->next_attempt_at = now + wait;
}

/* Text as far as it is some: an answer may be anything, and may be cut within a character. */
static struct str as_text(struct arena *arena, struct str bytes) {
    struct str text = arena_str(arena, str_first(bytes, WEBHOOK_RESPONSE_MAX));
    char *chars = (char *)(uintptr_t)text.bytes;
    bool is_utf8 = str_is_utf8(text);
    for (size_t cut = 1; !is_utf8 && cut < 4 && cut < text.len; cut++) {
        is_utf8 = str_is_utf8(str_first(text, text.len - cut));
        text.len -= is_utf8 ? cut : 0;
    }
    for (size_t i = 0; i < text.len; i++) {
        bool is_shown = (unsigned char)chars[i] >= ' ' && chars[i] != 0x7f;
        bool is_layout = chars[i] == '\n' || chars[i] == '\t';
        bool is_foreign = !is_utf8 && (unsigned char)chars[i] >= 0x80;
        chars[i] = (is_shown || is_layout) && !is_foreign ? chars[i] : '?';
    }
    return text;
}

static struct err note_attempt(const struct webhook_settle *settle, struct tx *tx,
                               const struct webhook_delivery_row *row) {
    struct webhook_attempt_row attempt = {
        .id = id_new(tx->cx, "what"),
        .user_id = row->user_id,
        .delivery_id = row->id,
        .number = row->attempts,
        .started_at = settle->started_at,
        .duration_ms = settle->duration_ms,
        .response_status = settle->response_status == 0 ? ROW_NONE : settle->response_status,
        .response = as_text(tx->cx->arena, settle->response),
        .error = row->last_error,
    };
    return webhook_attempt_insert(tx, &attempt);
}

static struct err succeed(struct tx *tx, struct webhook_endpoint_row *endpoint,
                          struct webhook_delivery_row *row) {
    end_delivery(row, WEBHOOK_DELIVERY_DELIVERED, cx_now_ms(tx->cx));
    TRY(webhook_delivery_move(tx, row));
    return endpoint->failing_since == ROW_NONE
               ? OK
               : webhook_endpoint_failing(tx, id_str(&endpoint->id), ROW_NONE);
}

/* Why the endpoint is to be disabled; NULL: it is not. */
static const char *reason_to_shut(const struct webhook_settle *settle,
                                  const struct webhook_endpoint_row *endpoint, int64_t now) {
    enum { GONE = 410 };
    int64_t patience = duration_days(WEBHOOK_FAILING_DAYS).ms;
    bool is_failing =
        endpoint->failing_since != ROW_NONE && now - endpoint->failing_since >= patience;
    return settle->response_status == GONE ? "gone" : is_failing ? "failing" : NULL;
}

static struct err fail(struct webhook_settle *settle, struct tx *tx,
                       struct webhook_endpoint_row *endpoint, struct webhook_delivery_row *row) {
    int64_t now = cx_now_ms(tx->cx);
    const char *reason = reason_to_shut(settle, endpoint, now);
    if (endpoint->failing_since == ROW_NONE) {
        endpoint->failing_since = now;
        TRY(webhook_endpoint_failing(tx, id_str(&endpoint->id), now));
    }
    if (row->status == WEBHOOK_DELIVERY_WAITING && reason != NULL) {
        end_delivery(row, WEBHOOK_DELIVERY_FAILED, now);
    } else if (row->status == WEBHOOK_DELIVERY_WAITING) {
        put_off(settle, row, now);
    }
    TRY(webhook_delivery_move(tx, row));
    return reason == NULL
               ? OK
               : webhook_endpoint_shut(settle->command.app, tx, endpoint, reason, row->last_error);
}

static struct err run_settle(struct command *command, struct tx *tx) {
    struct webhook_settle *settle = (struct webhook_settle *)command;
    struct webhook_delivery_row row;
    struct webhook_endpoint_row endpoint;
    bool is_found = false;
    bool has_endpoint = false;
    TRY(webhook_delivery_get(tx, settle->delivery_id, &row, &is_found));
    if (!is_found) {
        return OK; /* removed with its endpoint meanwhile */
    }
    TRY(webhook_endpoint_get(tx, id_str(&row.endpoint_id), &endpoint, &has_endpoint));
    check(has_endpoint);
    bool is_taken = settle->response_status >= 200 && settle->response_status < 300;
    row.attempts++;
    row.last_error =
        is_taken ? STR("")
        : settle->response_status == 0
            ? settle->error
            : arena_printf(tx->cx->arena, "The endpoint answered %d.", settle->response_status);
    TRY(note_attempt(settle, tx, &row));
    TRY(is_taken ? succeed(tx, &endpoint, &row) : fail(settle, tx, &endpoint, &row));
    settle->status = row.status;
    return OK;
}

void webhook_settle(struct app *app, struct webhook_settle *settle) {
    settle->status = WEBHOOK_DELIVERY_WAITING;
    settle->command.run = run_settle;
    settle->command.after = NULL;
    command_submit_with(app, &settle->command, COMMAND_TOTALS_OLDEST, STR("")); /* reads none */
}

/* --- Retry-After --- */

static bool read_month(struct str text, int *ret_month) {
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    for (int i = 0; i < 12; i++) {
        if (str_equal(text, str_of(months + i * 3, 3))) {
            *ret_month = i + 1;
            return true;
        }
    }
    return false;
}

static bool read_number(struct str text, size_t at, size_t len, int *ret_number) {
    struct str digits = str_first(str_skip(text, at), len);
    int number = 0;
    for (size_t i = 0; i < digits.len; i++) {
        if (digits.bytes[i] < '0' || digits.bytes[i] > '9') {
            return false;
        }
        number = number * 10 + (digits.bytes[i] - '0');
    }
    *ret_number = number;
    return digits.len == len;
}

/* "Sun, 06 Nov 1994 08:49:37 GMT", the one form that is still made (RFC 9110 5.6.7). */
static bool read_date(struct str text, int64_t *ret_ms) {
    struct civil civil = {0};
    bool is_date =
        text.len == 29 && str_ends_with(text, STR(" GMT")) && read_number(text, 5, 2, &civil.day) &&
        read_month(str_first(str_skip(text, 8), 3), &civil.month) &&
        read_number(text, 12, 4, &civil.year) && read_number(text, 17, 2, &civil.hour) &&
        read_number(text, 20, 2, &civil.minute) && read_number(text, 23, 2, &civil.second);
    is_date = is_date && civil.year >= 1 && civil.day >= 1 &&
              civil.day <= civil_days_in_month(civil.year, civil.month) && civil.hour < 24 &&
              civil.minute < 60 && civil.second < 60;
    if (is_date) {
        *ret_ms = civil_to_ms(civil);
    }
    return is_date;
}

int64_t webhook_retry_after_ms(struct str value, struct instant now) {
    int64_t seconds = 0;
    int64_t at = 0;
    if (!str_to_i64(value, &seconds)) {
        seconds = read_date(value, &at) ? (at - now.ms + 999) / 1000 : 0;
    }
    seconds = seconds < 0 ? 0 : seconds;
    return (seconds < WEBHOOK_WAIT_MAX_S ? seconds : WEBHOOK_WAIT_MAX_S) * 1000;
}

/* --- for operators --- */

struct err webhook_deliveries_read(struct tx *tx, const struct webhook_delivery_filter *filter,
                                   size_t max, struct row_list *ret_list) {
    return webhook_delivery_page(tx, filter, max, ret_list);
}

struct err webhook_delivery_read(struct tx *tx, struct str id, struct webhook_delivery_row *ret_row,
                                 struct row_list *ret_attempts, bool *ret_found) {
    TRY(webhook_delivery_get(tx, id, ret_row, ret_found));
    return webhook_attempt_list(tx, id, WEBHOOK_ATTEMPTS_SHOWN, ret_attempts);
}

struct err webhook_deliveries_pending(struct tx *tx, uint64_t *ret_count) {
    int64_t count = 0;
    TRY(webhook_delivery_waiting_count(tx, &count));
    *ret_count = (uint64_t)count;
    return OK;
}

/* --- once more --- */

/* Whether the endpoint is there and enabled; says in the outcome when not. */
static struct err find_enabled(struct command *command, struct tx *tx, struct str id,
                               struct webhook_endpoint_row *ret_row, bool *ret_is_fit) {
    bool is_found = false;
    TRY(webhook_endpoint_get(tx, id, ret_row, &is_found));
    *ret_is_fit = is_found && ret_row->status == WEBHOOK_ENDPOINT_ENABLED;
    command->outcome = !is_found      ? OUTCOME_WEBHOOK_ENDPOINT_NOT_FOUND
                       : !*ret_is_fit ? OUTCOME_WEBHOOK_ENDPOINT_DISABLED
                                      : OUTCOME_DONE;
    return OK;
}

static struct err run_try(struct command *command, struct tx *tx) {
    struct webhook_try *try = (struct webhook_try *)command;
    struct webhook_endpoint_row endpoint;
    bool is_fit = false;
    TRY(find_enabled(command, tx, try->endpoint_id, &endpoint, &is_fit));
    if (!is_fit) {
        return OK;
    }
    const struct billing_event_row event = {
        .user_id = STR(""),
        .id = id_new(tx->cx, "bevt"),
        .type = STR("webhook.test"),
        .amount = ROW_NONE,
        .currency = STR(""),
        .description = STR("Sent to try the endpoint"),
        .metadata = arena_printf(tx->cx->arena, "{\"endpointId\":\"%s\"}", endpoint.id.text),
        .created_at = cx_now_ms(tx->cx),
    };
    command->outcome = OUTCOME_CREATED;
    return order_one(tx, &endpoint, &event, &try->id);
}

void webhook_try(struct app *app, struct webhook_try *try) {
    try->command.run = run_try;
    try->command.after = NULL;
    command_submit(app, &try->command);
}

static struct err run_replay_one(struct command *command, struct tx *tx) {
    struct webhook_replay_one *replay = (struct webhook_replay_one *)command;
    struct webhook_delivery_row row;
    struct webhook_endpoint_row endpoint;
    bool is_found = false;
    bool is_fit = false;
    TRY(webhook_delivery_get(tx, replay->id, &row, &is_found));
    if (!is_found) {
        command->outcome = OUTCOME_WEBHOOK_DELIVERY_NOT_FOUND;
        return OK;
    }
    TRY(find_enabled(command, tx, id_str(&row.endpoint_id), &endpoint, &is_fit));
    if (!is_fit) {
        return OK;
    }
    row.status = WEBHOOK_DELIVERY_WAITING;
    row.attempts_before = row.attempts;
    row.next_attempt_at = cx_now_ms(tx->cx);
    row.finished_at = ROW_NONE;
    row.last_error = STR("");
    return webhook_delivery_move(tx, &row);
}

void webhook_replay_one(struct app *app, struct webhook_replay_one *replay) {
    replay->command.run = run_replay_one;
    replay->command.after = NULL;
    command_submit(app, &replay->command);
}

static struct err run_replay_since(struct command *command, struct tx *tx) {
    struct webhook_replay_since *replay = (struct webhook_replay_since *)command;
    struct webhook_endpoint_row endpoint;
    bool is_fit = false;
    TRY(find_enabled(command, tx, replay->endpoint_id, &endpoint, &is_fit));
    return is_fit ? webhook_delivery_replay_failed(tx, replay->endpoint_id, replay->since.ms,
                                                   &replay->count)
                  : OK;
}

void webhook_replay_since(struct app *app, struct webhook_replay_since *replay) {
    replay->count = 0;
    replay->command.run = run_replay_since;
    replay->command.after = NULL;
    command_submit(app, &replay->command);
}
