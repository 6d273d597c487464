/* Filling refusals and rendering their envelope. */
#include "sandbox/fault.h"

#include <stdarg.h>
#include <stdio.h>

static bool is_taken(const struct fault *fault) {
    return fault->status != 0;
}

bool fault_invalid(struct fault *fault, const char *code, const char *param, const char *format,
                   ...) {
    if (is_taken(fault)) {
        return false;
    }
    fault->status = 400;
    fault->type = "invalid_request_error";
    fault->code = code;
    snprintf(fault->param, sizeof fault->param, "%s", param == NULL ? "" : param);
    va_list args;
    va_start(args, format);
    vsnprintf(fault->message, sizeof fault->message, format, args);
    va_end(args);
    return false;
}

bool fault_missing(struct fault *fault, const char *noun, const char *param, const char *id) {
    if (!is_taken(fault)) {
        fault_invalid(fault, "resource_missing", param, "No such %s: '%s'", noun, id);
        fault->status = 404;
    }
    return false;
}

bool fault_card(struct fault *fault, const char *code, const char *decline_code,
                const char *message) {
    if (!is_taken(fault)) {
        fault_invalid(fault, code, NULL, "%s", message);
        fault->status = 402;
        fault->type = "card_error";
        fault->decline_code = decline_code;
    }
    return false;
}

bool fault_internal(struct fault *fault) {
    if (!is_taken(fault)) {
        fault_invalid(fault, NULL, NULL, "The sandbox could not read or write its data.");
        fault->status = 500;
        fault->type = "api_error";
    }
    return false;
}

void fault_detail(struct fault *fault, const char *name, json_t *object) {
    if (fault->detail == NULL) {
        fault->detail = json_object();
    }
    json_object_set_new(fault->detail, name, json_deep_copy(object));
}

/* "https://stripe.com/docs/error-codes/resource-missing" */
static json_t *doc_url(const char *code) {
    char name[64];
    size_t len = 0;
    for (; code[len] != '\0' && len + 1 < sizeof name; len++) {
        name[len] = (char)(code[len] == '_' ? '-' : code[len]);
    }
    name[len] = '\0';
    return json_sprintf("https://stripe.com/docs/error-codes/%s", name);
}

json_t *fault_body(const struct fault *fault) {
    json_t *error = json_pack("{s:s, s:s}", "message", fault->message, "type", fault->type);
    if (fault->code != NULL) {
        json_object_set_new(error, "code", json_string(fault->code));
        json_object_set_new(error, "doc_url", doc_url(fault->code));
    }
    if (fault->decline_code != NULL) {
        json_object_set_new(error, "decline_code", json_string(fault->decline_code));
    }
    if (fault->param[0] != '\0') {
        json_object_set_new(error, "param", json_string(fault->param));
    }
    if (fault->detail != NULL) {
        json_object_update(error, fault->detail);
    }
    return json_pack("{s:o}", "error", error);
}

void fault_finish(struct fault *fault) {
    json_decref(fault->detail);
    *fault = (struct fault){0};
}
