/* Carrying events out: signed, each try anew, with growing pauses, until the endpoint says 2xx.
 *
 * A delivery under way stays due in the store until its end is written, with the ends of those that
 * landed beside it; a start finds again what had no end: at least once, like Stripe. */
#include "sandbox/inside.h"

#include <stdio.h>
#include <string.h>

#include "base/crypto.h"
#include "base/json.h"
#include "base/log.h"
#include "sandbox/endpoint.h"
#include "sandbox/event.h"
#include "sandbox/render.h"
#include "sandbox/version.h"

enum { TIMEOUT_MS = 20000 };

/* Milliseconds after the first, second … failed try; then it is given up. */
static const int64_t pauses_ms[] = {10000, 60000, 600000, 3600000, 21600000};

void webhook_sign(json_t *secrets, int64_t now_s, struct str body, char *ret_text, size_t size) {
    char stamp[32];
    int stamp_len = snprintf(stamp, sizeof stamp, "%lld.", (long long)now_s);
    size_t used = (size_t)snprintf(ret_text, size, "t=%lld", (long long)now_s);
    for (size_t i = 0; i < json_array_size(secrets); i++) {
        json_t *secret = json_array_get(secrets, i);
        if (json_i64(secret, "expires_at", INT64_MAX) <= now_s || used + 4 + SHA256_HEX >= size) {
            continue;
        }
        const struct str parts[] = {str_of(stamp, (size_t)stamp_len), body};
        uint8_t mac[SHA256_SIZE];
        char hex[SHA256_HEX];
        hmac_sha256(str_from_cstr(member(secret, "secret")), parts, ARRAY_LEN(parts), mac);
        str_hex(mac, sizeof mac, hex);
        used += (size_t)snprintf(ret_text + used, size - used, ",v1=%.*s", SHA256_HEX, hex);
    }
}

bool webhooks_idle(const struct sandbox *sandbox) {
    for (size_t i = 0; i < WEBHOOKS_AT_ONCE; i++) {
        if (sandbox->flights[i].is_busy) {
            return false;
        }
    }
    return true;
}

static bool is_under_way(const struct sandbox *sandbox, const struct store_delivery *delivery) {
    for (size_t i = 0; i < WEBHOOKS_AT_ONCE; i++) {
        const struct flight *flight = &sandbox->flights[i];
        if (flight->is_busy && strcmp(flight->delivery.event, delivery->event) == 0 &&
            strcmp(flight->delivery.endpoint, delivery->endpoint) == 0) {
            return true;
        }
    }
    return false;
}

static struct flight *free_flight(struct sandbox *sandbox) {
    for (size_t i = 0; i < WEBHOOKS_AT_ONCE; i++) {
        if (!sandbox->flights[i].is_busy) {
            return &sandbox->flights[i];
        }
    }
    return NULL;
}

static bool has_landed(const struct sandbox *sandbox) {
    for (size_t i = 0; i < WEBHOOKS_AT_ONCE; i++) {
        if (sandbox->flights[i].has_landed) {
            return true;
        }
    }
    return false;
}

/* Those under way are among the first that are due: one more than they can be is enough to see. */
int64_t webhooks_next_ms(struct sandbox *sandbox) {
    struct store_delivery due[WEBHOOKS_AT_ONCE + 1];
    size_t count = 0;
    if (has_landed(sandbox)) {
        return 0;
    }
    if (free_flight(sandbox) == NULL ||
        err_failed(store_deliveries_due(sandbox->store, INT64_MAX, ARRAY_LEN(due), due, &count))) {
        return INT64_MAX;
    }
    for (size_t i = 0; i < count; i++) {
        if (!is_under_way(sandbox, &due[i])) {
            return due[i].due_ms;
        }
    }
    return INT64_MAX;
}

/* --- their end --- */

static struct err write_end(struct sandbox *sandbox, struct flight *flight) {
    struct store_delivery *delivery = &flight->delivery;
    size_t tries = (size_t)delivery->attempts++;
    bool is_over = flight->is_taken || tries >= ARRAY_LEN(pauses_ms);
    int64_t now_ms = sandbox->env->wall_ms(sandbox->env);
    return store_delivery_put(sandbox->store, delivery,
                              is_over ? INT64_MAX : now_ms + pauses_ms[tries], flight->is_taken);
}

/* Writes the ends of all that have landed, in one transaction. When the store fails they stay due
 * and go out again. */
static void write_ends(struct sandbox *sandbox) {
    if (!has_landed(sandbox)) {
        return;
    }
    size_t count = 0;
    struct err err = store_begin(sandbox->store);
    for (size_t i = 0; i < WEBHOOKS_AT_ONCE; i++) {
        struct flight *flight = &sandbox->flights[i];
        if (flight->has_landed) {
            err = err_failed(err) ? err : write_end(sandbox, flight);
            flight->has_landed = false;
            flight->is_busy = false;
            count++;
        }
    }
    err = err_failed(err) ? err : store_commit(sandbox->store);
    if (err_failed(err)) {
        store_rollback(sandbox->store);
        log_event(sandbox->env, LOG_ERROR, "sandbox.store", "webhooks=%zu", count);
    }
}

static void landed(void *context, const struct env_http_answer *answer) {
    struct flight *flight = context;
    struct sandbox *sandbox = flight->sandbox;
    flight->is_taken = answer->status >= 200 && answer->status < 300;
    flight->has_landed = true;
    if (!flight->is_taken) {
        log_event(sandbox->env, LOG_WARNING, "sandbox.webhook_failed",
                  "event=%s endpoint=%s status=%d attempt=%lld", flight->delivery.event,
                  flight->delivery.endpoint, answer->status,
                  (long long)flight->delivery.attempts + 1);
    }
    buf_finish(&flight->body);
    sandbox_kick(sandbox);
}

/* --- their start --- */

static void send_it(struct flight *flight) {
    const struct str headers[] = {STR("Content-Type: application/json; charset=utf-8"),
                                  STR("User-Agent: Turnpike-Sandbox/1.0"),
                                  str_from_cstr(flight->signature)};
    struct env *env = flight->sandbox->env;
    const struct env_http_request request = {
        .method = STR("POST"),
        .url = str_from_cstr(flight->url),
        .headers = headers,
        .header_count = ARRAY_LEN(headers),
        .body = buf_str(&flight->body),
        .timeout_ms = TIMEOUT_MS,
    };
    env->http_send(env, &request, landed, flight);
}

/* Most endpoints take an event as it lies in the store. */
static bool takes_stored(const json_t *endpoint) {
    bool is_version = member_is(endpoint, "api_version", "") ||
                      member_is(endpoint, "api_version", SANDBOX_API_VERSION);
    return is_version && !member_is(endpoint, "event_payload", "thin");
}

/* The event in another form; false when it has none. */
static bool write_otherwise(struct buf *out, struct str text, json_t *endpoint,
                            struct err *ret_err) {
    json_t *event = NULL;
    *ret_err = store_parse(text, &event);
    json_t *shown = event == NULL ? NULL : event_for_endpoint(event, endpoint);
    if (shown != NULL) {
        render_shown(out, shown, 0);
    }
    json_decref(event);
    json_decref(shown);
    return shown != NULL;
}

static struct err write_body(struct flight *flight, json_t *endpoint, bool *ret_has_body) {
    struct store *store = flight->sandbox->store;
    struct buf text;
    struct err err = OK;
    buf_init(&text, flight->sandbox->env, RENDER_MAX);
    buf_init(&flight->body, flight->sandbox->env, RENDER_MAX);
    err = store_get_text(store, flight->delivery.event, &text);
    *ret_has_body = !err_failed(err) && text.len > 0;
    if (*ret_has_body && takes_stored(endpoint)) {
        buf_add(&flight->body, event_text_shown(buf_str(&text)));
        buf_add_char(&flight->body, '}');
    } else if (*ret_has_body) {
        *ret_has_body = write_otherwise(&flight->body, buf_str(&text), endpoint, &err);
    }
    buf_finish(&text);
    return flight->body.has_failed ? ERR(ERR_NO_MEMORY) : err;
}

static void address(struct flight *flight, json_t *endpoint) {
    static const char header[] = "Stripe-Signature: ";
    struct env *env = flight->sandbox->env;
    (void)snprintf(flight->url, sizeof flight->url, "%s", endpoint_url(endpoint));
    size_t used = (size_t)snprintf(flight->signature, sizeof flight->signature, "%s", header);
    webhook_sign(json_object_get(endpoint, "_secrets"), env->wall_ms(env) / 1000,
                 buf_str(&flight->body), flight->signature + used, sizeof flight->signature - used);
}

/* An endpoint that is gone or disabled wants nothing any more, and some events have no thin form.
 */
static struct err load(struct flight *flight, bool *ret_is_wanted) {
    json_t *endpoint = NULL;
    *ret_is_wanted = false;
    TRY(store_get(flight->sandbox->store, flight->delivery.endpoint, &endpoint));
    struct err err = OK;
    if (member_is(endpoint, "status", "enabled")) {
        err = write_body(flight, endpoint, ret_is_wanted);
    }
    if (!err_failed(err) && *ret_is_wanted) {
        address(flight, endpoint);
    }
    json_decref(endpoint);
    return err;
}

static void start_one(struct sandbox *sandbox, const struct store_delivery *delivery) {
    struct flight *flight = free_flight(sandbox);
    if (flight == NULL) {
        return;
    }
    bool is_wanted = false;
    flight->sandbox = sandbox;
    flight->delivery = *delivery;
    buf_init(&flight->body, sandbox->env, RENDER_MAX);
    struct err err = load(flight, &is_wanted);
    if (!err_failed(err) && !is_wanted) {
        err = store_delivery_put(sandbox->store, delivery, INT64_MAX, false);
    }
    if (err_failed(err)) {
        log_event(sandbox->env, LOG_ERROR, "sandbox.store", "webhook=%s", delivery->event);
    }
    if (err_failed(err) || !is_wanted) {
        buf_finish(&flight->body);
        return;
    }
    flight->is_busy = true;
    send_it(flight);
}

void webhooks_start(struct sandbox *sandbox) {
    struct store_delivery due[WEBHOOKS_AT_ONCE * 2];
    size_t count = 0;
    int64_t now_ms = sandbox->env->wall_ms(sandbox->env);
    write_ends(sandbox);
    if (sandbox->is_stopping || sandbox->env->http_send == NULL ||
        err_failed(store_deliveries_due(sandbox->store, now_ms, ARRAY_LEN(due), due, &count))) {
        return;
    }
    for (size_t i = 0; i < count; i++) {
        if (!is_under_way(sandbox, &due[i])) {
            start_one(sandbox, &due[i]);
        }
    }
}
