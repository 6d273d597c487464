/* Carrying events out: signed, each try anew, with growing pauses, until the endpoint says 2xx.
 *
 * A delivery under way is put off in the store, not struck out, and a start makes all that are not
 * over due again: at least once, like Stripe. */
#include "sandbox/inside.h"

#include <stdio.h>
#include <string.h>

#include "base/crypto.h"
#include "base/json.h"
#include "base/log.h"
#include "sandbox/endpoint.h"
#include "sandbox/render.h"

enum { TIMEOUT_MS = 20000, PUT_OFF_MS = 60000, BODY_MAX = 1024 * 1024 };

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

bool webhooks_full(struct sandbox *sandbox) {
    return free_flight(sandbox) == NULL;
}

static void note(struct sandbox *sandbox, const struct store_delivery *delivery, int64_t due_ms,
                 bool is_delivered) {
    if (err_failed(store_delivery_put(sandbox->store, delivery, due_ms, is_delivered))) {
        log_event(sandbox->env, LOG_ERROR, "sandbox.store", "webhook=%s", delivery->event);
    }
}

static void landed(void *context, const struct env_http_answer *answer) {
    struct flight *flight = context;
    struct sandbox *sandbox = flight->sandbox;
    struct store_delivery *delivery = &flight->delivery;
    bool is_taken = answer->status >= 200 && answer->status < 300;
    size_t tries = (size_t)delivery->attempts++;
    bool is_over = is_taken || tries >= ARRAY_LEN(pauses_ms);
    int64_t now_ms = sandbox->env->wall_ms(sandbox->env);
    note(sandbox, delivery, is_over ? INT64_MAX : now_ms + pauses_ms[tries], is_taken);
    if (!is_taken) {
        log_event(sandbox->env, LOG_WARNING, "sandbox.webhook_failed",
                  "event=%s endpoint=%s status=%d attempt=%lld", delivery->event,
                  delivery->endpoint, answer->status, (long long)delivery->attempts);
    }
    buf_finish(&flight->body);
    flight->is_busy = false;
    sandbox_kick(sandbox);
}

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

/* Fills a flight from the documents; false when the endpoint no longer wants anything. */
static bool load(struct flight *flight, json_t *event, json_t *endpoint) {
    static const char header[] = "Stripe-Signature: ";
    struct env *env = flight->sandbox->env;
    if (event == NULL || endpoint == NULL || !member_is(endpoint, "status", "enabled")) {
        return false;
    }
    json_t *shown = event_for_endpoint(event, endpoint);
    if (shown == NULL) {
        return false;
    }
    buf_init(&flight->body, env, BODY_MAX);
    render_json(&flight->body, shown, JSON_INDENT(2));
    json_decref(shown);
    (void)snprintf(flight->url, sizeof flight->url, "%s", endpoint_url(endpoint));
    size_t used = (size_t)snprintf(flight->signature, sizeof flight->signature, "%s", header);
    webhook_sign(json_object_get(endpoint, "_secrets"), env->wall_ms(env) / 1000,
                 buf_str(&flight->body), flight->signature + used, sizeof flight->signature - used);
    return true;
}

static void start_one(struct sandbox *sandbox, const struct store_delivery *delivery) {
    struct flight *flight = free_flight(sandbox);
    if (flight == NULL) {
        return;
    }
    json_t *event = NULL;
    json_t *endpoint = NULL;
    struct err err = store_get(sandbox->store, delivery->event, &event);
    if (!err_failed(err)) {
        err = store_get(sandbox->store, delivery->endpoint, &endpoint);
    }
    flight->sandbox = sandbox;
    flight->delivery = *delivery;
    bool is_wanted = !err_failed(err) && load(flight, event, endpoint);
    json_decref(event);
    json_decref(endpoint);
    if (err_failed(err)) {
        return;
    }
    int64_t again_ms = sandbox->env->wall_ms(sandbox->env) + PUT_OFF_MS;
    note(sandbox, delivery, is_wanted ? again_ms : INT64_MAX, false);
    if (is_wanted) {
        flight->is_busy = true;
        send_it(flight);
    }
}

void webhooks_start(struct sandbox *sandbox) {
    struct store_delivery due[WEBHOOKS_AT_ONCE * 2];
    size_t count = 0;
    int64_t now_ms = sandbox->env->wall_ms(sandbox->env);
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
