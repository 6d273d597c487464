/* Reading parameters by table. */
#include "sandbox/param.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "sandbox/decimal.h"

enum { PATH_SIZE = 128 };

static json_t *read_object(json_t *tree, const struct param *table, const char *path,
                           struct fault *fault);

static void path_join(char out[PATH_SIZE], const char *path, const char *name) {
    snprintf(out, PATH_SIZE, path[0] == '\0' ? "%.90s%.30s" : "%.90s[%.30s]", path, name);
}

static struct str text_of(json_t *value) {
    return str_of(json_string_value(value), json_string_length(value));
}

static json_t *read_integer(json_t *value, const struct param *param, const char *path,
                            struct fault *fault) {
    int64_t number = 0;
    if (!str_to_i64(text_of(value), &number)) {
        fault_invalid(fault, "parameter_invalid_integer", path, "Invalid integer: %.60s",
                      json_string_value(value));
        return NULL;
    }
    bool is_bounded = param->min != 0 || param->max != 0;
    if (is_bounded && (number < param->min || number > param->max)) {
        fault_invalid(fault, "parameter_invalid_integer", path,
                      "Invalid integer: %lld must be between %lld and %lld.", (long long)number,
                      (long long)param->min, (long long)param->max);
        return NULL;
    }
    return json_integer(number);
}

static json_t *read_boolean(json_t *value, const char *path, struct fault *fault) {
    if (strcmp(json_string_value(value), "true") == 0) {
        return json_true();
    }
    if (strcmp(json_string_value(value), "false") == 0) {
        return json_false();
    }
    fault_invalid(fault, NULL, path, "Invalid boolean: %.60s", json_string_value(value));
    return NULL;
}

/* Decimals stay text: decimal.h reads them when they are used. */
static json_t *read_decimal(json_t *value, const char *path, struct fault *fault) {
    i128 number = 0;
    if (!decimal_scale(json_string_value(value), DECIMAL_PLACES, &number)) {
        fault_invalid(fault, "parameter_invalid_integer", path, "Invalid decimal: %.60s",
                      json_string_value(value));
        return NULL;
    }
    return json_string(json_string_value(value));
}

static bool is_word(json_t *value, const char *const *words) {
    for (size_t i = 0; words != NULL && words[i] != NULL; i++) {
        if (strcmp(words[i], json_string_value(value)) == 0) {
            return true;
        }
    }
    return false;
}

static json_t *read_enum(json_t *value, const struct param *param, const char *path,
                         struct fault *fault) {
    if (is_word(value, param->words)) {
        return json_string(json_string_value(value));
    }
    char allowed[200] = "";
    size_t used = 0;
    for (size_t i = 0; param->words[i] != NULL && used < sizeof allowed; i++) {
        int more = snprintf(allowed + used, sizeof allowed - used, "%s%s", i == 0 ? "" : ", ",
                            param->words[i]);
        used += (size_t)more;
    }
    fault_invalid(fault, NULL, path, "Invalid %s: must be one of %s", param->name, allowed);
    return NULL;
}

/* The member with the least number above `*index`, which moves there; NULL after the last.
 * Numbers may have gaps, as Stripe's may. */
static json_t *list_next(json_t *list, int64_t *index) {
    json_t *next = NULL;
    int64_t found = INT64_MAX;
    const char *key;
    json_t *value;
    json_object_foreach(list, key, value) {
        int64_t number = 0;
        if (str_to_i64(str_from_cstr(key), &number) && number > *index && number < found) {
            found = number;
            next = value;
        }
    }
    *index = found;
    return next;
}

static json_t *read_item(json_t *value, const struct param *param, const char *path,
                         struct fault *fault) {
    if (param->kind == PARAM_LIST) {
        return read_object(value, param->of, path, fault);
    }
    if (json_is_string(value) && json_string_length(value) > 0) {
        return json_string(json_string_value(value));
    }
    fault_invalid(fault, "parameter_invalid_empty", path, "Invalid string in the list %s.", path);
    return NULL;
}

static json_t *read_list(json_t *value, const struct param *param, const char *path,
                         struct fault *fault) {
    json_t *list = json_array();
    int64_t index = -1;
    for (size_t i = 0; i < json_object_size(value); i++) {
        char item_path[PATH_SIZE];
        json_t *item = list_next(value, &index);
        snprintf(item_path, sizeof item_path, "%.100s[%lld]", path, (long long)index);
        if (item == NULL) {
            fault_invalid(fault, NULL, path, "Invalid array: %s is not a list.", path);
        }
        json_t *read = item == NULL ? NULL : read_item(item, param, item_path, fault);
        if (read == NULL) {
            json_decref(list);
            return NULL;
        }
        json_array_append_new(list, read);
    }
    return list;
}

static json_t *read_map(json_t *value, const char *path, struct fault *fault) {
    const char *key;
    json_t *text;
    if (json_object_size(value) > METADATA_KEYS) {
        fault_invalid(fault, NULL, path, "You can have at most %d metadata keys.", METADATA_KEYS);
        return NULL;
    }
    json_object_foreach(value, key, text) {
        bool fits = json_is_string(text) && strlen(key) <= METADATA_KEY &&
                    json_string_length(text) <= METADATA_VALUE;
        if (!fits) {
            fault_invalid(fault, NULL, path,
                          "Metadata keys have at most %d bytes, values at most %d.", METADATA_KEY,
                          METADATA_VALUE);
            return NULL;
        }
    }
    return json_deep_copy(value);
}

/* Objects under names of the caller's own choice: currencies. */
static json_t *read_dict(json_t *value, const struct param *param, const char *path,
                         struct fault *fault) {
    json_t *result = json_object();
    const char *key;
    json_t *item;
    json_object_foreach(value, key, item) {
        char full[PATH_SIZE];
        path_join(full, path, key);
        json_t *read = read_object(item, param->of, full, fault);
        if (read == NULL) {
            json_decref(result);
            return NULL;
        }
        json_object_set_new(result, key, read);
    }
    return result;
}

static json_t *read_range(json_t *value, const struct param *param, const char *path,
                          struct fault *fault) {
    static const struct param bounds[] = {{.name = "gt", .kind = PARAM_INTEGER},
                                          {.name = "gte", .kind = PARAM_INTEGER},
                                          {.name = "lt", .kind = PARAM_INTEGER},
                                          {.name = "lte", .kind = PARAM_INTEGER},
                                          {.name = NULL}};
    if (json_is_object(value)) {
        return read_object(value, bounds, path, fault);
    }
    json_t *exact = read_integer(value, param, path, fault);
    return exact == NULL ? NULL : json_pack("{s:O, s:o}", "gte", exact, "lte", exact);
}

static json_t *read_text(json_t *value, const char *path, struct fault *fault) {
    if (json_string_length(value) > PARAM_TEXT_MAX) {
        fault_invalid(fault, "parameter_invalid_string_blank", path,
                      "Invalid string: %s must be at most %d bytes.", path, PARAM_TEXT_MAX);
        return NULL;
    }
    return json_string(json_string_value(value));
}

static json_t *read_scalar(json_t *value, const struct param *param, const char *path,
                           struct fault *fault) {
    if (!json_is_string(value)) {
        fault_invalid(fault, NULL, path, "Invalid %s: must be a single value.", param->name);
        return NULL;
    }
    if (param->kind == PARAM_INTEGER) {
        return read_integer(value, param, path, fault);
    }
    if (param->kind == PARAM_BOOLEAN) {
        return read_boolean(value, path, fault);
    }
    if (param->kind == PARAM_ENUM) {
        return read_enum(value, param, path, fault);
    }
    if (param->kind == PARAM_MOMENT && !is_word(value, param->words)) {
        return read_integer(value, param, path, fault);
    }
    if (param->kind == PARAM_DECIMAL) {
        return read_decimal(value, path, fault);
    }
    return read_text(value, path, fault);
}

static json_t *read_value(json_t *value, const struct param *param, const char *path,
                          struct fault *fault) {
    if (json_is_string(value) && json_string_length(value) == 0) {
        if ((param->flags & PARAM_EMPTYABLE) != 0) {
            return json_null();
        }
        fault_invalid(fault, "parameter_invalid_empty", path,
                      "You passed an empty string for '%s'. We assume empty values are an attempt "
                      "to unset a parameter; however '%s' cannot be unset.",
                      path, path);
        return NULL;
    }
    bool is_scalar =
        param->kind <= PARAM_ENUM || param->kind == PARAM_MOMENT || param->kind == PARAM_DECIMAL;
    if (is_scalar) {
        return read_scalar(value, param, path, fault);
    }
    if (param->kind == PARAM_RANGE) {
        return read_range(value, param, path, fault);
    }
    if (param->kind == PARAM_TEXT_OR_OBJECT && json_is_string(value)) {
        return read_text(value, path, fault);
    }
    if (!json_is_object(value)) {
        fault_invalid(fault, NULL, path, "Invalid %s: must be an object or an array.", param->name);
        return NULL;
    }
    if (param->kind == PARAM_OBJECT || param->kind == PARAM_TEXT_OR_OBJECT) {
        return read_object(value, param->of, path, fault);
    }
    if (param->kind == PARAM_DICT) {
        return read_dict(value, param, path, fault);
    }
    return param->kind == PARAM_MAP ? read_map(value, path, fault)
                                    : read_list(value, param, path, fault);
}

static const struct param *find(const struct param *table, const char *name) {
    for (; table->name != NULL; table++) {
        if (strcmp(table->name, name) == 0) {
            return table;
        }
    }
    return NULL;
}

static bool has_required(json_t *tree, const struct param *table, const char *path,
                         struct fault *fault) {
    for (; table->name != NULL; table++) {
        bool is_missing =
            (table->flags & PARAM_REQUIRED) != 0 && json_object_get(tree, table->name) == NULL;
        if (is_missing) {
            char full[PATH_SIZE];
            path_join(full, path, table->name);
            return fault_invalid(fault, "parameter_missing", full, "Missing required param: %s.",
                                 full);
        }
    }
    return true;
}

static json_t *read_object(json_t *tree, const struct param *table, const char *path,
                           struct fault *fault) {
    if (!json_is_object(tree)) {
        fault_invalid(fault, NULL, path, "Invalid object: %s.", path);
        return NULL;
    }
    json_t *result = json_object();
    const char *key;
    json_t *value;
    json_object_foreach(tree, key, value) {
        char full[PATH_SIZE];
        path_join(full, path, key);
        const struct param *param = find(table, key);
        if (param == NULL) {
            fault_invalid(fault, "parameter_unknown", full, "Received unknown parameter: %s", full);
        }
        json_t *read = param == NULL ? NULL : read_value(value, param, full, fault);
        if (read == NULL) {
            json_decref(result);
            return NULL;
        }
        json_object_set_new(result, key, read);
    }
    if (!has_required(tree, table, path, fault)) {
        json_decref(result);
        return NULL;
    }
    return result;
}

json_t *param_read(json_t *tree, const struct param *table, struct fault *fault) {
    return read_object(tree, table, "", fault);
}

void metadata_merge(json_t *object, json_t *params) {
    json_t *changes = json_object_get(params, "metadata");
    json_t *metadata = json_object_get(object, "metadata");
    if (changes == NULL) {
        return;
    }
    if (json_is_null(changes)) {
        json_object_clear(metadata);
        return;
    }
    const char *key;
    json_t *value;
    json_object_foreach(changes, key, value) {
        if (json_string_length(value) == 0) {
            json_object_del(metadata, key);
        } else {
            json_object_set(metadata, key, value);
        }
    }
}
