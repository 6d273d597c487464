#include "sandbox/endpoint.h"

#include <stdio.h>
#include <string.h>

#include "sandbox/event_thin.h"

enum { SECRET_LEN = 32, URL_MAX = 2000 };

static bool is_destination(const json_t *endpoint) {
    return member_is(endpoint, "object", "v2.core.event_destination");
}

static size_t count_of(struct world *world, const char *type) {
    json_t *all = world_list(world, type, NULL);
    size_t count = json_array_size(all);
    json_decref(all);
    return count;
}

bool endpoint_fits(struct world *world) {
    size_t count =
        count_of(world, "webhook_endpoint") + count_of(world, "v2.core.event_destination");
    return count < ENDPOINTS_MAX ||
           fault_invalid(&world->fault, NULL, NULL,
                         "You have reached the maximum of %d test webhook endpoints.",
                         ENDPOINTS_MAX);
}

bool endpoint_takes_url(struct world *world, const char *url, const char *param) {
    bool is_http = strncmp(url, "http://", 7) == 0 || strncmp(url, "https://", 8) == 0;
    return (is_http && strlen(url) <= URL_MAX) ||
           fault_invalid(&world->fault, "url_invalid", param,
                         "Invalid URL: An explicit scheme (such as https) must be provided.");
}

const char *endpoint_add_secret(struct world *world, json_t *endpoint, int64_t expires_at) {
    char random[SECRET_LEN + 1];
    world_random(world, random, SECRET_LEN);
    json_t *secrets = json_object_get(endpoint, "_secrets");
    for (size_t i = 0; i < json_array_size(secrets); i++) {
        json_t *old = json_array_get(secrets, i);
        if (json_object_get(old, "expires_at") == NULL) {
            set_i64(old, "expires_at", expires_at);
        }
    }
    json_t *secret = json_pack("{s:o}", "secret", json_sprintf("whsec_%s", random));
    json_array_insert_new(secrets, 0, secret);
    world_touch(world, endpoint);
    return member(secret, "secret");
}

/* Thin payloads are asked for by the names of version 2: "v1.invoice.paid". */
static bool is_wanted(json_t *endpoint, json_t *event, const char *wanted) {
    const char *type = member(event, "type");
    bool is_thin = member_is(endpoint, "event_payload", "thin");
    bool has_prefix = strncmp(wanted, "v1.", 3) == 0;
    bool is_own = event_is_thin_only(type);
    if (strcmp(wanted, "*") == 0) {
        return is_thin || !is_own;
    }
    if (is_thin && !is_own) {
        return has_prefix && strcmp(wanted + 3, type) == 0;
    }
    return is_thin == is_own && strcmp(wanted, type) == 0;
}

bool endpoint_wants(json_t *endpoint, json_t *event) {
    json_t *types = json_object_get(endpoint, "enabled_events");
    bool is_ping = member_is(event, "type", "v2.core.event_destination.ping");
    if (is_ping) {
        return is_destination(endpoint) &&
               strcmp(member(endpoint, "id"), member(event, "data.object.id")) == 0;
    }
    bool is_enabled = member_is(endpoint, "status", "enabled");
    for (size_t i = 0; is_enabled && i < json_array_size(types); i++) {
        if (is_wanted(endpoint, event, json_string_value(json_array_get(types, i)))) {
            return true;
        }
    }
    return false;
}

const char *endpoint_url(const json_t *endpoint) {
    return member(endpoint, is_destination(endpoint) ? "_url" : "url");
}
