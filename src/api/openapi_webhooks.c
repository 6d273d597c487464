#include "api/openapi_webhooks.h"

#include "app/billing_event_type.h"
#include "base/check.h"

/* A member whose schema is JSON text. */
static void put_member(struct json_writer *out, const char *name, const char *schema) {
    json_name(out, name);
    json_put_raw(out, str_from_cstr(schema));
}

static void put_names(struct json_writer *out, const struct str *names, size_t count) {
    json_name(out, "required");
    json_open_array(out);
    for (size_t i = 0; i < count; i++) {
        json_put_str(out, names[i]);
    }
    json_close_array(out);
}

static struct str schema_of(struct str kind) {
    static const struct {
        struct str kind, schema;
    } kinds[] = {
        {STR_INIT("string"), STR_INIT("{\"type\":\"string\"}")},
        {STR_INIT("integer"), STR_INIT("{\"type\":\"integer\",\"format\":\"int64\"}")},
        {STR_INIT("instant"), STR_INIT("{\"type\":\"string\",\"format\":\"date-time\"}")},
    };
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        if (str_equal(kind, kinds[i].kind)) {
            return kinds[i].schema;
        }
    }
    check(false); /* a row of billing_event_types with another word */
    return STR("");
}

static void put_metadata(struct json_writer *out, const struct billing_event_type *type) {
    enum { MEMBERS_MAX = 8 };
    struct str names[MEMBERS_MAX];
    size_t count = 0;
    json_name(out, "metadata");
    json_open_object(out);
    json_member_cstr(out, "type", "object");
    json_name(out, "properties");
    json_open_object(out);
    for (struct str rest = str_from_cstr(type->metadata); rest.len > 0;) {
        struct str kind = str_cut(&rest, ' ');
        struct str name = str_cut(&kind, ':');
        char text[64] = "";
        check(count < MEMBERS_MAX && name.len < sizeof text);
        memcpy(text, name.bytes, name.len);
        json_name(out, text);
        json_put_raw(out, schema_of(kind));
        names[count++] = name;
    }
    json_close_object(out);
    put_names(out, names, count);
    json_close_object(out);
}

static void put_amount(struct json_writer *out, const struct billing_event_type *type) {
    json_name(out, "amount");
    if (type->amount == NULL) {
        json_put_raw(out, STR("{\"type\":\"null\"}"));
        return;
    }
    json_open_object(out);
    json_member_cstr(out, "description", type->amount);
    put_member(out, "anyOf", "[{\"$ref\":\"#/components/schemas/Money\"},{\"type\":\"null\"}]");
    json_close_object(out);
}

static void put_data(struct json_writer *out, const struct billing_event_type *type) {
    static const struct str required[] = {STR_INIT("id"), STR_INIT("userId"),
                                          STR_INIT("description"), STR_INIT("amount"),
                                          STR_INIT("metadata")};
    json_name(out, "data");
    json_open_object(out);
    json_member_cstr(out, "type", "object");
    put_names(out, required, ARRAY_LEN(required));
    json_name(out, "properties");
    json_open_object(out);
    put_member(out, "id", "{\"type\":\"string\",\"description\":\"Of the event\"}");
    put_member(out, "userId",
               "{\"type\":[\"string\",\"null\"],\"description\":\"Whose it is; null: of no "
               "customer\"}");
    put_member(out, "description", "{\"type\":\"string\",\"description\":\"For people\"}");
    put_amount(out, type);
    put_metadata(out, type);
    json_close_object(out);
    json_close_object(out);
}

static void put_schema(struct json_writer *out, const struct billing_event_type *type) {
    static const struct str required[] = {STR_INIT("type"), STR_INIT("timestamp"),
                                          STR_INIT("data")};
    json_name(out, "schema");
    json_open_object(out);
    json_member_cstr(out, "type", "object");
    put_names(out, required, ARRAY_LEN(required));
    json_name(out, "properties");
    json_open_object(out);
    json_name(out, "type");
    json_open_object(out);
    json_member_cstr(out, "const", type->name);
    json_close_object(out);
    put_member(out, "timestamp",
               "{\"type\":\"string\",\"format\":\"date-time\",\"description\":\"When it was\"}");
    put_data(out, type);
    json_close_object(out);
    json_close_object(out);
}

static void put_one(struct json_writer *out, const struct billing_event_type *type) {
    json_name(out, type->name);
    json_open_object(out);
    json_name(out, "post");
    json_open_object(out);
    put_member(out, "tags", "[\"Webhooks\"]");
    json_member_cstr(out, "summary", type->doc);
    put_member(out, "security", "[]");
    json_name(out, "requestBody");
    json_open_object(out);
    json_name(out, "content");
    json_open_object(out);
    json_name(out, "application/json");
    json_open_object(out);
    put_schema(out, type);
    json_close_object(out);
    json_close_object(out);
    json_close_object(out);
    put_member(out, "responses", "{\"2XX\":{\"description\":\"It was heard\"}}");
    json_close_object(out);
    json_close_object(out);
}

void openapi_put_webhooks(struct json_writer *out) {
    json_name(out, "webhooks");
    json_open_object(out);
    for (size_t i = 0; i < billing_event_type_count; i++) {
        put_one(out, &billing_event_types[i]);
    }
    json_close_object(out);
}
